/** Bytes of memory that wait to be used again: all that a video of 1080p needs at once. */
const KEPT_BYTES = 64 * 1024 ** 2

/** Pictures of one size, the one given back last. */
let spare: Uint8Array[] = []

/** Memory of a picture, of any content: what was given back, or new. */
export function takePicture(bytes: number): Uint8Array {
  return (spare[0]?.length === bytes && spare.pop()) || new Uint8Array(bytes)
}

/**
 * Lets `takePicture` hand this memory out again; once. With fresh memory, a system spends longer on mapping in the pages
 * than the copying of a picture takes.
 */
export function givePicture(data: Uint8Array): void {
  if (spare[0]?.length !== data.length) spare = []
  if ((spare.length + 1) * data.length <= KEPT_BYTES) spare.push(data)
}
