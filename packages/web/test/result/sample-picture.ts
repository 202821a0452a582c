import sharp from 'sharp'

const SIZES = { forged: [64, 48], real: [48, 64], faceless: [64, 64] } as const
let shade = 0

/** A picture unlike any before it, which the stand-in for the models judges by its shape. */
export function pictureOf(kind: keyof typeof SIZES): Promise<Buffer> {
  shade++
  const [width, height] = SIZES[kind]
  const background = { r: shade % 256, g: 99, b: 7 }
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer()
}
