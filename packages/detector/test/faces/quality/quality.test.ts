import { join } from 'node:path'
import { Quality } from '@unswap/contract'
import sharp, { type Sharp } from 'sharp'
import Value from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alignFace } from '../../../src/faces/align.ts'
import { type Faces, openFaces } from '../../../src/faces/find-faces.ts'
import { assessQuality } from '../../../src/faces/quality/quality.ts'
import { REFERENCE_CROP } from '../../../src/faces/reference-crop.ts'
import type { Picture } from '../../../src/media/frame.ts'
import { type Head, loadHeads, loadReal } from '../heads.ts'
import { type Cover, pasteHead } from '../scenes.ts'

let faces: Faces
let heads: Head[]
beforeAll(async () => {
  faces = await openFaces({ modelsDir: join(import.meta.dirname, '../../../../../models') })
  heads = await loadHeads()
})
afterAll(() => faces?.close())

const encode = ({ width, height, data }: Picture) => sharp(data, { raw: { width, height, channels: 3 } })

async function decode(image: Sharp): Promise<Picture> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8Array(data) }
}

async function qualityIn(picture: Picture): Promise<Quality> {
  const [face] = (await faces.locate(picture, { maxFaces: 1 })).faces
  expect(face).toBeDefined()
  return assessQuality(picture, face!, alignFace(picture, face!.mesh, REFERENCE_CROP))
}

function portrait(head: Head, size: number, cover: Cover = 'none', x = 200): Picture {
  const picture = { width: 400, height: 400, data: new Uint8Array(400 * 400 * 3).fill(110) }
  pasteHead(picture, head, { centre: [x, 200], size, roll: 0 }, cover)
  return picture
}

describe.each(['astronaut.png', 'grace_hopper.jpg'])('%s', (name) => {
  let picture: Picture
  let plain: Quality
  beforeAll(async () => {
    picture = await loadReal(name)
    plain = await qualityIn(picture)
  })

  test('is usable as it is, and fits the schema', () => {
    expect(plain.reasons).toEqual([])
    Value.Assert(Quality, plain)
    expect(Math.abs(plain.yaw)).toBeLessThan(15)
    expect(Math.abs(plain.pitch)).toBeLessThan(15)
    expect(plain.outside).toBe(0)
    expect(plain.blocking).toBeLessThan(1.5)
  })

  test('too small', async () => {
    const small = await qualityIn(await decode(encode(picture).resize({ width: 190 })))
    expect(small.side).toBeLessThan(plain.side)
    expect((await qualityIn(await decode(encode(picture).resize({ width: 110 })))).reasons).toContain(
      'face_too_small',
    )
  })

  test('blurred, the more the less sharp', async () => {
    const soft = await qualityIn(await decode(encode(picture).blur(plain.side / 100)))
    const blurred = await qualityIn(await decode(encode(picture).blur(Math.max(3.5, plain.side / 70))))
    expect(soft.sharpness).toBeLessThan(plain.sharpness)
    expect(blurred.sharpness).toBeLessThan(soft.sharpness)
    expect(blurred.reasons).toContain('face_blurred')
  })

  test('dark without being called blurred, and overexposed', async () => {
    const dark = await qualityIn(await decode(encode(picture).linear(0.12, 0)))
    expect(dark.reasons).toEqual(['face_dark'])
    const dim = await qualityIn(await decode(encode(picture).linear(0.4, 0)))
    expect(dim.reasons).toEqual([])
    const bright = await qualityIn(await decode(encode(picture).linear(1.7, 50)))
    expect(bright.reasons).toContain('face_overexposed')
  })

  test('compressed until only blocks are left', async () => {
    const jpeg = async (quality: number) =>
      qualityIn(await decode(sharp(await encode(picture).jpeg({ quality }).toBuffer())))
    const [good, poor] = [await jpeg(85), await jpeg(6)]
    expect(good.reasons).toEqual([])
    expect(poor.blocking).toBeGreaterThan(good.blocking)
    expect(poor.reasons).toContain('strong_compression')
  })
})

test('cut off by the edge of the picture', async () => {
  const quality = await qualityIn(portrait(heads[0]!, 160, 'none', 30))
  expect(quality.outside).toBeGreaterThan(0.15)
  expect(quality.reasons).toContain('face_cut_off')
})

test('covered faces measure as more covered than the same faces bare', async () => {
  let [more, judged] = [0, 0]
  for (const head of heads.slice(0, 8)) {
    for (const cover of ['mouth', 'eyes'] as const) {
      const covered = portrait(head, 160, cover)
      if ((await faces.locate(covered, { maxFaces: 1 })).faces.length === 0) continue
      judged += 1
      const bare = (await qualityIn(portrait(head, 160))).covered
      if ((await qualityIn(covered)).covered > bare + 0.05) more += 1
    }
  }
  expect(judged).toBeGreaterThan(10)
  expect(more / judged).toBeGreaterThan(0.9)
})

test('a profile is turned, to the side it looks at', async () => {
  const picture = await loadReal('group-2.jpg')
  const located = await faces.locate(picture, { maxFaces: 3 })
  const profile = located.faces.find(({ detection }) => detection.box.x < 500)!
  const quality = assessQuality(picture, profile, alignFace(picture, profile.mesh, REFERENCE_CROP))
  expect(quality.yaw).toBeLessThan(-60)
  expect(quality.reasons).toContain('face_turned')
})

test('mirroring turns yaw and roll around and leaves the rest', async () => {
  const picture = await loadReal('group-4.jpg')
  const left = await qualityIn(picture)
  const right = await qualityIn(await decode(encode(picture).flop()))
  expect(right.yaw).toBeCloseTo(-left.yaw, -1)
  expect(right.roll).toBeCloseTo(-left.roll, -1)
  expect(right.brightness / left.brightness).toBeCloseTo(1, 1)
})
