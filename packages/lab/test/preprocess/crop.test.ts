import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { differenceHash, hammingDistance, wordsOf } from '../../src/preprocess/difference-hash.ts'
import { packPoints } from '../../src/preprocess/pack-points.ts'

const real = (name: string) => fileURLToPath(new URL(`../../../../testdata/real/${name}`, import.meta.url))
const face = (name: string, left: number, top: number, side: number) =>
  sharp(real(name)).extract({ left, top, width: side, height: side }).png().toBuffer()
async function hashOf(file: Uint8Array) {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return differenceHash({ ...info, data })
}

describe('differenceHash', () => {
  it('stays near under compression and scale, and far for another face', async () => {
    const astronaut = await face('astronaut.png', 130, 30, 180)
    const hash = await hashOf(astronaut)
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    const distance = async (picture: Uint8Array) =>
      hammingDistance(wordsOf(hash), wordsOf(await hashOf(picture)))
    expect(await distance(await sharp(astronaut).jpeg({ quality: 40 }).toBuffer())).toBeLessThanOrEqual(16)
    expect(await distance(await sharp(astronaut).resize(90).png().toBuffer())).toBeLessThanOrEqual(16)
    expect(await distance(await face('grace_hopper.jpg', 110, 80, 320))).toBeGreaterThan(60)
  })
})

describe('packPoints', () => {
  it('puts the crop’s corners at 0 and 1, whatever its roll', () => {
    const crop = { centre: [100, 50] as [number, number], side: 40, roll: Math.PI / 2 }
    // turned clockwise by a quarter, the crop's top left corner is the picture's top right one
    const points = Float32Array.of(120, 30, 0, 80, 70, 0, 100, 50, 0)
    const packed = new DataView(packPoints({ points, presence: 1 }, crop).buffer)
    const units = [0, 2, 4, 6, 8, 10].map((at) => (packed.getUint16(at, true) / 65535) * 2 - 0.5)
    expect(units).toEqual([0, 0, 1, 1, 0.5, 0.5].map((unit) => expect.closeTo(unit, 4)))
  })
})
