/** Planes of a decoded picture as WebCodecs lays them out. */
export interface Planes {
  readonly width: number
  readonly height: number
  /** Pixel format of WebCodecs: I420, I422, I444, each also with `A`, `P10` or `P12`, or NV12. */
  readonly format: string
  readonly data: Uint8Array<ArrayBuffer>
  readonly layout: readonly { readonly offset: number; readonly stride: number }[]
  /** Matrix coefficients by their WebCodecs name; BT.601 where the stream does not say, as ffmpeg takes it. */
  readonly matrix: string | null
  readonly fullRange: boolean
}

/** Weights of red and blue in luma (ITU-R BT.709-6, BT.2020-2; BT.601-7 for all else). */
const LUMA_WEIGHTS: Readonly<Record<string, readonly [red: number, blue: number]>> = {
  bt709: [0.2126, 0.0722],
  'bt2020-ncl': [0.2627, 0.0593],
}

/** YUV to 8-bit RGB; each chroma sample is repeated over the pixels that it covers. Null for an unknown format. */
export function planesToRgb(planes: Planes): Uint8Array | null {
  const { width, height, fullRange } = planes
  const source = samplesOf(planes)
  if (source === null) return null
  const { luma, u, v, chromaX, chromaY, depth } = source
  const [red, blue] = LUMA_WEIGHTS[planes.matrix ?? ''] ?? [0.299, 0.114]
  const green = 1 - red - blue
  const unit = 2 ** (depth - 8)
  const lumaGain = fullRange ? 255 / (256 * unit - 1) : 255 / (219 * unit)
  const chromaGain = fullRange ? 255 / (256 * unit - 1) : 255 / (224 * unit)
  const black = fullRange ? 0 : 16 * unit
  const neutral = 128 * unit
  const redOfV = 2 * (1 - red) * chromaGain
  const blueOfU = 2 * (1 - blue) * chromaGain
  const greenOfU = (-blueOfU * blue) / green
  const greenOfV = (-redOfV * red) / green
  const rgb = new Uint8ClampedArray(width * height * 3)
  let out = 0
  for (let y = 0; y < height; y++) {
    const lumaRow = luma.start + y * luma.stride
    const uRow = u.start + (y >> chromaY) * u.stride
    const vRow = v.start + (y >> chromaY) * v.stride
    for (let x = 0; x < width; x++) {
      const level = (luma.samples[lumaRow + x]! - black) * lumaGain
      const uValue = u.samples[uRow + (x >> chromaX) * u.step]! - neutral
      const vValue = v.samples[vRow + (x >> chromaX) * v.step]! - neutral
      rgb[out++] = level + redOfV * vValue
      rgb[out++] = level + greenOfU * uValue + greenOfV * vValue
      rgb[out++] = level + blueOfU * uValue
    }
  }
  return new Uint8Array(rgb.buffer)
}

/** Where each component lies, in samples; null for an unknown format. */
function samplesOf({ format, data, layout }: Planes) {
  const kind = /^(I4(?:20|22|44)|NV12)A?(?:P(10|12))?$/.exec(format)
  if (kind === null) return null
  const depth = Number(kind[2] ?? 8)
  const bytes = depth > 8 ? 2 : 1
  const samples = bytes === 2 ? new Uint16Array(data.buffer, data.byteOffset, data.length >> 1) : data
  const plane = (index: number, first = 0, step = 1) => ({
    samples,
    start: layout[index]!.offset / bytes + first,
    stride: layout[index]!.stride / bytes,
    step,
  })
  const interleaved = kind[1] === 'NV12'
  return {
    depth,
    luma: plane(0),
    u: interleaved ? plane(1, 0, 2) : plane(1),
    v: interleaved ? plane(1, 1, 2) : plane(2),
    chromaX: kind[1] === 'I444' ? 0 : 1,
    chromaY: kind[1] === 'I420' || interleaved ? 1 : 0,
  }
}
