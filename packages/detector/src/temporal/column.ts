/** Numbers of a track in single precision: 4 bytes for each sample, for videos of any length. */
export interface Column {
  push(value: number): void
  /** A view that is good until the next `push`. */
  values(): Float32Array
}

export function createColumn(): Column {
  let data = new Float32Array(32)
  let length = 0
  return {
    push(value) {
      if (length === data.length) {
        const larger = new Float32Array(2 * length)
        larger.set(data)
        data = larger
      }
      data[length++] = value
    },
    values: () => data.subarray(0, length),
  }
}
