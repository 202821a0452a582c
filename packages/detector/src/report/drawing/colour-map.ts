/** Viridis (van der Walt and Smith 2015, CC0) at 16 equal steps: even steps of value look like even steps of colour. */
const STEPS = [
  0x440154, 0x481a6c, 0x472f7d, 0x414487, 0x39568c, 0x31688e, 0x2a788e, 0x23888e, 0x1f988b, 0x22a884,
  0x35b779, 0x54c568, 0x7ad151, 0xa5db36, 0xd2e21b, 0xfde725,
]

const smooth = (from: number, to: number, value: number) => {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)))
  return t * t * (3 - 2 * t)
}

function colourAt(value: number): [red: number, green: number, blue: number, alpha: number] {
  const at = value * (STEPS.length - 1)
  const lower = Math.min(STEPS.length - 2, Math.floor(at))
  const share = at - lower
  const mix = (shift: number) => {
    const [from, to] = [(STEPS[lower]! >> shift) & 255, (STEPS[lower + 1]! >> shift) & 255]
    return Math.round(from + (to - from) * share)
  }
  return [mix(16), mix(8), mix(0), Math.round(255 * 0.85 * smooth(0.04, 0.5, value))]
}

const TABLE = Uint8Array.from({ length: 256 }, (_, level) => level).reduce(
  (table, level) => {
    table.set(colourAt(level / 255), level * 4)
    return table
  },
  new Uint8Array(256 * 4),
)

/**
 * Levels 0..255 (probability × 255) as RGBA. Low probabilities are transparent, so that colour appears only where
 * there is something to see; the scale is absolute, so two maps can be compared.
 */
export function colourise(levels: Uint8Array): Uint8Array {
  // Four bytes at a time: there are 200,000 pixels in a map, and the order of bytes is that of the table.
  const colours = new Uint32Array(TABLE.buffer)
  const pixels = new Uint32Array(levels.length)
  for (let index = 0; index < levels.length; index++) pixels[index] = colours[levels[index]!]!
  return new Uint8Array(pixels.buffer)
}
