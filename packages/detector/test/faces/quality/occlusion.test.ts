import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alignFace } from '../../../src/faces/align.ts'
import type { LocatedFace } from '../../../src/faces/face.ts'
import { type Faces, openFaces } from '../../../src/faces/find-faces.ts'
import { assessQuality } from '../../../src/faces/quality/quality.ts'
import { REFERENCE_CROP } from '../../../src/faces/reference-crop.ts'
import { type Detector, openDetector } from '../../../src/index.ts'
import type { Picture } from '../../../src/media/frame.ts'
import { loadReal } from '../heads.ts'

const modelsDir = join(import.meta.dirname, '../../../../../models')
/** Points of the mesh around a mask: over the nose and the cheekbones, then along the jaw. */
const EDGE = [
  227, 117, 118, 6, 347, 346, 447, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
  136, 172, 58, 132, 93, 234,
]
const COLOURS = { white: '#ebebee', blue: '#96bed7', beige: '#deDCd2', grey: '#8c8c91', black: '#1c1c20' }

let faces: Faces
let detector: Detector
beforeAll(async () => {
  ;[faces, detector] = await Promise.all([openFaces({ modelsDir }), openDetector({ modelsDir })])
})
afterAll(() => Promise.all([faces.close(), detector.close()]))

const raw = ({ width, height, data }: Picture) => sharp(data, { raw: { width, height, channels: 3 } })

/** The picture with a mask over nose and mouth of every face, as PNG. */
async function masked(picture: Picture, colour: string): Promise<Buffer> {
  const { faces: found } = await faces.locate(picture, { maxFaces: 16 })
  const edge = ({ mesh }: LocatedFace) =>
    EDGE.map((point) => `${mesh.points[3 * point]},${mesh.points[3 * point + 1]}`).join(' ')
  const polygons = found.map((face) => `<polygon points="${edge(face)}" fill="${colour}"/>`)
  const { width, height } = picture
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${polygons.join('')}</svg>`
  return raw(picture)
    .composite([{ input: Buffer.from(svg) }])
    .png()
    .toBuffer()
}

async function coveredIn(picture: Picture) {
  const { faces: found } = await faces.locate(picture, { maxFaces: 16 })
  return found.map((face) => assessQuality(picture, face, alignFace(picture, face.mesh, REFERENCE_CROP)))
}

describe.each(['astronaut.png', 'grace_hopper.jpg'])('%s', (name) => {
  test.each(Object.entries(COLOURS))(
    'behind a %s mask is covered, and not called manipulated',
    async (_, colour) => {
      const { report } = await detector.analyze({ bytes: await masked(await loadReal(name), colour) })
      expect(report.faces[0]!.quality.reasons).toContain('face_covered')
      expect(report.verdict.band).toBe('inconclusive')
    },
  )

  test('bare is not covered, in grey and in other light neither', async () => {
    const picture = await loadReal(name)
    const tinted = (red: number, blue: number): Picture => ({
      ...picture,
      data: picture.data.map((value, i) => Math.min(255, value * [red, 1, blue][i % 3]!)),
    })
    const green = picture.data.map((_, i) => picture.data[i - (i % 3) + 1]!)
    for (const lit of [picture, { ...picture, data: green }, tinted(1.2, 0.7), tinted(0.8, 1.2)]) {
      const [quality] = await coveredIn(lit)
      expect(quality!.reasons).not.toContain('face_covered')
    }
  })
})

test.each(['group-1.jpg', 'group-4.jpg', 'group-6.jpg'])('nobody in %s is covered', async (name) => {
  for (const { reasons } of await coveredIn(await loadReal(name)))
    expect(reasons).not.toContain('face_covered')
})
