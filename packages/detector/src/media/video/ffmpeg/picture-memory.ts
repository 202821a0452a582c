/** Bytes kept for reuse: what a 1080p video needs at once. */
const KEPT_BYTES = 64 * 1024 ** 2

/** Buffers for reuse, all of the size given back last. */
let spare: Uint8Array[] = []

/** Memory for a picture, reused or new. Its content is undefined. */
export function takePicture(bytes: number): Uint8Array {
  return (spare[0]?.length === bytes && spare.pop()) || new Uint8Array(bytes)
}

/**
 * Makes this memory available to `takePicture` again; call it once. For fresh memory the system takes longer to map the
 * pages than to copy a picture.
 */
export function givePicture(data: Uint8Array): void {
  if (spare[0]?.length !== data.length) spare = []
  if ((spare.length + 1) * data.length <= KEPT_BYTES) spare.push(data)
}
