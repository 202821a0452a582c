// sRGB (IEC 61966-2-1) to CIE L*a*b* under D65 and back.

const WHITE = [0.95047, 1, 1.08883] as const
const DELTA = 6 / 29

/** @param rgb three values 0..1 a pixel @returns L 0..100, a, b */
export function toLab(rgb: Float32Array): Float32Array {
  const lab = new Float32Array(rgb.length)
  for (let i = 0; i < rgb.length; i += 3) {
    const r = linear(rgb[i]!)
    const g = linear(rgb[i + 1]!)
    const b = linear(rgb[i + 2]!)
    const x = root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / WHITE[0])
    const y = root((0.2126729 * r + 0.7151522 * g + 0.072175 * b) / WHITE[1])
    const z = root((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / WHITE[2])
    lab[i] = 116 * y - 16
    lab[i + 1] = 500 * (x - y)
    lab[i + 2] = 200 * (y - z)
  }
  return lab
}

/** Inverse of `toLab`; colours outside sRGB are clipped to 0..1. */
export function fromLab(lab: Float32Array): Float32Array {
  const rgb = new Float32Array(lab.length)
  for (let i = 0; i < lab.length; i += 3) {
    const fy = (lab[i]! + 16) / 116
    const x = WHITE[0] * unroot(fy + lab[i + 1]! / 500)
    const y = WHITE[1] * unroot(fy)
    const z = WHITE[2] * unroot(fy - lab[i + 2]! / 200)
    rgb[i] = encoded(3.2404542 * x - 1.5371385 * y - 0.4985314 * z)
    rgb[i + 1] = encoded(-0.969266 * x + 1.8760108 * y + 0.041556 * z)
    rgb[i + 2] = encoded(0.0556434 * x - 0.2040259 * y + 1.0572252 * z)
  }
  return rgb
}

const linear = (v: number) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
const root = (t: number) => (t > DELTA ** 3 ? Math.cbrt(t) : t / (3 * DELTA ** 2) + 4 / 29)
const unroot = (t: number) => (t > DELTA ? t ** 3 : 3 * DELTA ** 2 * (t - 4 / 29))

function encoded(v: number): number {
  const clipped = Math.min(Math.max(v, 0), 1)
  return clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055
}
