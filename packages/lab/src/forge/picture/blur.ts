/** From this standard deviation on, three box means stand in for the Gaussian. */
const WIDE = 4

/**
 * Gaussian blur of `width` × `height` pixels with `channels` interleaved values; edges are repeated. Wide blurs are
 * three box means of the same variance (P. Kovesi 2010, "Fast almost-Gaussian filtering"): cost without the width.
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
  const soften = sigma < WIDE ? weighted(gaussian(sigma)) : boxes(sigma)
  const out = values.slice()
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) alongLine(out, y * width * channels + c, channels, width, soften)
    for (let x = 0; x < width; x++) alongLine(out, x * channels + c, width * channels, height, soften)
  }
  return out
}

type Soften = (line: Float64Array) => Float64Array

/** Softens one line of `length` values, `step` apart, in place. */
function alongLine(values: Float32Array, start: number, step: number, length: number, soften: Soften): void {
  const line = new Float64Array(length)
  for (let i = 0; i < length; i++) line[i] = values[start + i * step]!
  const soft = soften(line)
  for (let i = 0; i < length; i++) values[start + i * step] = soft[i]!
}

function gaussian(sigma: number): Float64Array {
  const reach = Math.max(1, Math.ceil(3 * sigma))
  const bell = (_: unknown, i: number) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2))
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, bell)
  const total = kernel.reduce((sum, weight) => sum + weight, 0)
  return kernel.map((weight) => weight / total)
}

function weighted(kernel: Float64Array): Soften {
  const reach = (kernel.length - 1) / 2
  return (line) => {
    const wide = padded(line, reach)
    return line.map((_, i) => {
      let sum = 0
      for (let k = 0; k < kernel.length; k++) sum += kernel[k]! * wide[i + k]!
      return sum
    })
  }
}

function boxes(sigma: number): Soften {
  const ideal = Math.sqrt(4 * sigma ** 2 + 1)
  const narrow = 2 * Math.floor((ideal - 1) / 2) + 1
  const narrowOnes = Math.round((12 * sigma ** 2 - 3 * narrow ** 2 - 12 * narrow - 9) / (-4 * narrow - 4))
  const reaches = [0, 1, 2].map((pass) => (narrow - 1) / 2 + (pass < narrowOnes ? 0 : 1))
  return (line) => reaches.reduce(boxMean, line)
}

function boxMean(line: Float64Array, reach: number): Float64Array {
  const wide = padded(line, reach)
  const size = 2 * reach + 1
  let sum = 0
  for (let i = 0; i < size - 1; i++) sum += wide[i]!
  return line.map((_, i) => {
    sum += wide[i + size - 1]!
    const mean = sum / size
    sum -= wide[i]!
    return mean
  })
}

function padded(line: Float64Array, reach: number): Float64Array {
  const wide = new Float64Array(line.length + 2 * reach)
  wide.fill(line[0]!, 0, reach)
  wide.set(line, reach)
  wide.fill(line[line.length - 1]!, reach + line.length)
  return wide
}
