/** Buffers that no network reads at the moment, by length. */
const idle = new Map<number, Float32Array[]>()

/**
 * Lends a buffer of `length` values, whatever they are, until `use` is through. Every frame is sampled several times for
 * the networks that find faces; new buffers each time keep the garbage collector busy.
 */
export async function withBuffer<T>(length: number, use: (buffer: Float32Array) => Promise<T>): Promise<T> {
  const buffers = idle.get(length) ?? []
  idle.set(length, buffers)
  const buffer = buffers.pop() ?? new Float32Array(length)
  try {
    return await use(buffer)
  } finally {
    buffers.push(buffer)
  }
}
