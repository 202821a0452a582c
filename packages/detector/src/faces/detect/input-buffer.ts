/** Buffers that are not in use, by length. */
const idle = new Map<number, Float32Array[]>()

/**
 * Gives `use` a buffer of `length` values with undefined content, and takes it back afterwards. Every frame is sampled
 * several times for the networks that find faces, and new buffers each time cost garbage collection.
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
