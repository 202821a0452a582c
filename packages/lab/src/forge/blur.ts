/**
 * Gaussian blur of `width` × `height` pixels with `channels` interleaved values; edges are repeated.
 * @param sigma standard deviation in pixels; 0 returns a copy.
 */
export function blur(
  values: Float32Array,
  width: number,
  height: number,
  channels: number,
  sigma: number,
): Float32Array {
  if (sigma <= 0) return values.slice()
  const kernel = gaussian(sigma)
  const across = along(values, width, height, channels, kernel, channels, width * channels)
  return along(across, height, width, channels, kernel, width * channels, channels)
}

function gaussian(sigma: number): Float64Array {
  const reach = Math.max(1, Math.ceil(3 * sigma))
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  )
  const total = kernel.reduce((sum, weight) => sum + weight, 0)
  return kernel.map((weight) => weight / total)
}

/** One pass along lines of `length` pixels that are `step` values apart; there are `lines`, `stride` apart. */
function along(
  values: Float32Array,
  length: number,
  lines: number,
  channels: number,
  kernel: Float64Array,
  step: number,
  stride: number,
): Float32Array {
  const out = new Float32Array(values.length)
  const reach = (kernel.length - 1) / 2
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) {
      for (let c = 0; c < channels; c++) {
        const base = line * stride + c
        let sum = 0
        for (let k = -reach; k <= reach; k++) {
          const at = Math.min(Math.max(i + k, 0), length - 1)
          sum += kernel[k + reach]! * values[base + at * step]!
        }
        out[base + i * step] = sum
      }
    }
  }
  return out
}
