/** Colour space of a decoded picture, by the names of ffmpeg or WebCodecs; null where the file does not say. */
export interface Colour {
  readonly primaries: string | null
  readonly transfer: string | null
}

/** Linear RGB of each set of primaries to that of sRGB, by rows (ITU-R BT.2087-0; SMPTE EG 432-1 for P3). */
const TO_SRGB: Readonly<Record<string, readonly number[]>> = {
  bt2020: [1.6605, -0.5876, -0.0728, -0.1246, 1.1329, -0.0083, -0.0182, -0.1006, 1.1187],
  smpte432: [1.2249, -0.2247, 0, -0.042, 1.0419, 0, -0.0197, -0.0786, 1.0979],
}

/** Luminance of diffuse white in HDR, and the highest that is kept distinct, in candela per square metre (ITU-R BT.2408). */
const WHITE = 203
const PEAK = 1000
/** Entries of the lookup tables: their error is at most a tenth of a level of 255. */
const STEPS = 65_535

/**
 * Converts the colours of a video to sRGB, in place: HDR (PQ and HLG, ITU-R BT.2100) is tone-mapped, wide primaries
 * (BT.2020, P3) are converted. Other videos stay as they are. The networks were trained on sRGB pictures, and HDR frames
 * without conversion look pale.
 * @param data RGB, 8 bits per channel
 */
export function toSrgb(data: Uint8Array, { primaries, transfer }: Colour): void {
  const hlg = transfer === 'hlg' || transfer === 'arib-std-b67'
  const pq = transfer === 'pq' || transfer === 'smpte2084'
  const matrix = TO_SRGB[primaries ?? ''] ?? (hlg || pq ? TO_SRGB.bt2020! : null)
  if (matrix === null) return
  const light = levels(hlg ? hlgScene : pq ? (level) => toned(pqLight(level)) : srgbLight)
  convert(data, light, hlg ? HLG_SYSTEM() : null, matrix)
}

/** Tables from HLG's scene light to display light; made on first use. */
const HLG_SYSTEM = once(() => ({
  // System gamma 1.2: each colour is multiplied by Y to the power of 0.2 (BT.2100-2, table 5).
  gain: Float32Array.from({ length: STEPS + 1 }, (_, step) => (step / STEPS) ** 0.2),
  tone: Float32Array.from({ length: STEPS + 1 }, (_, step) => toned((step / STEPS) * PEAK)),
}))
const SRGB_LEVELS = once(() =>
  Uint8Array.from({ length: STEPS + 1 }, (_, step) => Math.round(255 * srgbLevel(step / STEPS))),
)

function convert(
  data: Uint8Array,
  light: Float32Array,
  hlg: ReturnType<typeof HLG_SYSTEM> | null,
  matrix: readonly number[],
): void {
  const encoded = SRGB_LEVELS()
  const [rr, rg, rb, gr, gg, gb, br, bg, bb] = matrix as [
    ...[number, number, number],
    ...[number, number, number],
    ...[number, number, number],
  ]
  const level = (value: number) => encoded[value <= 0 ? 0 : value >= 1 ? STEPS : (value * STEPS + 0.5) | 0]!
  for (let at = 0; at < data.length; at += 3) {
    let red = light[data[at]!]!
    let green = light[data[at + 1]!]!
    let blue = light[data[at + 2]!]!
    if (hlg) {
      const gain = hlg.gain[((0.2627 * red + 0.678 * green + 0.0593 * blue) * STEPS) | 0]! * STEPS
      red = hlg.tone[Math.min(STEPS, (red * gain + 0.5) | 0)]!
      green = hlg.tone[Math.min(STEPS, (green * gain + 0.5) | 0)]!
      blue = hlg.tone[Math.min(STEPS, (blue * gain + 0.5) | 0)]!
    }
    data[at] = level(rr * red + rg * green + rb * blue)
    data[at + 1] = level(gr * red + gg * green + gb * blue)
    data[at + 2] = level(br * red + bg * green + bb * blue)
  }
}

/** The values of a function of 0..1 at each of the 256 levels. */
const levels = (of: (level: number) => number): Float32Array =>
  Float32Array.from({ length: 256 }, (_, level) => of(level / 255))

/** Tone mapping from candela per square metre to 0..1: only tones above the knee are compressed (BT.2390-8, 5.4.1). */
function toned(light: number): number {
  const peak = pqLevel(PEAK)
  const white = pqLevel(WHITE) / peak
  const level = Math.min(1, pqLevel(light) / peak)
  const knee = 1.5 * white - 0.5
  if (level < knee) return light / WHITE
  const t = (level - knee) / (1 - knee)
  const bent =
    (2 * t ** 3 - 3 * t ** 2 + 1) * knee +
    (t ** 3 - 2 * t ** 2 + t) * (1 - knee) +
    (3 * t ** 2 - 2 * t ** 3) * white
  return pqLight(bent * peak) / WHITE
}

/** BT.2100-2, table 4: a level of 0..1 to candela per square metre, and back. */
const [M1, M2, C1, C2, C3] = [2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128]
function pqLight(level: number): number {
  const power = level ** (1 / M2)
  return 10_000 * (Math.max(0, power - C1) / (C2 - C3 * power)) ** (1 / M1)
}
function pqLevel(light: number): number {
  const power = (light / 10_000) ** M1
  return ((C1 + C2 * power) / (1 + C3 * power)) ** M2
}

/** BT.2100-2, table 5: a level of 0..1 to scene light, 0..1. */
function hlgScene(level: number): number {
  const [a, b, c] = [0.17883277, 0.28466892, 0.55991073]
  return level <= 0.5 ? level ** 2 / 3 : (Math.exp((level - c) / a) + b) / 12
}

/** IEC 61966-2-1. Videos coded by another curve, such as BT.709, go through it in both directions, so the error nearly cancels. */
const srgbLight = (level: number) => (level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4)
const srgbLevel = (light: number) => (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055)

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined
  return () => (made ??= make())
}
