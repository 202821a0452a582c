import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alignFace, frameMesh } from '../../src/faces/align.ts'
import { type Faces, openFaces } from '../../src/faces/find-faces.ts'
import { assessQuality } from '../../src/faces/quality/quality.ts'
import { REFERENCE_CROP, SMALLEST_FACE, SMALLEST_SIDE } from '../../src/faces/reference-crop.ts'
import {
  createScorer,
  MANIPULATED,
  type Mesh,
  openClassifiers,
  type Picture,
  type Scorer,
} from '../../src/index.ts'
import { loadHeads } from './heads.ts'

const modelsDir = join(import.meta.dirname, '../../../../models')

let faces: Faces
let scorer: Scorer
const heads: { picture: Picture; mesh: Mesh }[] = []
beforeAll(async () => {
  faces = await openFaces({ modelsDir })
  scorer = createScorer(await openClassifiers({ modelsDir, models: ['xception-1'] }))
  for (const { picture, square } of await loadHeads()) {
    const { faces: located } = await faces.locate(picture, { maxFaces: 16 })
    const distance = ({ mesh }: { mesh: Mesh }) => {
      const { centre } = frameMesh(mesh)
      return Math.hypot(centre[0] - square.centre[0], centre[1] - square.centre[1])
    }
    const [nearest] = located.toSorted((a, b) => distance(a) - distance(b))
    heads.push({ picture, mesh: nearest!.mesh })
  }
})
afterAll(() => Promise.all([faces.close(), scorer.close()]))

/** The picture scaled so that the reference crop of the face is `side` pixels of it wide. */
async function shrink({ picture, mesh }: (typeof heads)[number], side: number) {
  const scale = side / (frameMesh(mesh).side * REFERENCE_CROP.margin)
  const [width, height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)]
  const raw = { width: picture.width, height: picture.height, channels: 3 } as const
  const data = await sharp(picture.data, { raw }).resize(width, height, { fit: 'fill' }).raw().toBuffer()
  const factors = [width / picture.width, height / picture.height, scale]
  const points = mesh.points.map((value, i) => value * factors[i % 3]!)
  return { picture: { width, height, data: new Uint8Array(data) }, mesh: { ...mesh, points } }
}

type View = { readonly margin?: number; readonly flip?: boolean }

/** The logit of a face, from a view that is a little tighter or wider, or averaged with the mirrored one. */
async function logitOf(
  { picture, mesh }: (typeof heads)[number],
  { margin = REFERENCE_CROP.margin, flip = false }: View = {},
) {
  const crop = alignFace(picture, mesh, { ...REFERENCE_CROP, margin })
  const [score] = await scorer.score([{ ...crop, margin: REFERENCE_CROP.margin }], undefined, { flip })
  return score!.logits[MANIPULATED]!
}

const rms = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length)

test('the smallest face that is judged moves no more than another view of it does; smaller ones move more', async () => {
  const moves = await Promise.all(
    heads.map(async (head) => {
      const logit = await logitOf(head)
      const mirrored = 2 * (await logitOf(head, { flip: true })) - logit
      const [tight, wide] = [await logitOf(head, { margin: 1.2 }), await logitOf(head, { margin: 1.4 })]
      return {
        views: [mirrored, tight, wide].map((other) => other - logit),
        smallest: (await logitOf(await shrink(head, SMALLEST_SIDE))) - logit,
        smaller: (await logitOf(await shrink(head, (SMALLEST_SIDE * 3) / 4))) - logit,
      }
    }),
  )
  const views = rms(moves.flatMap((own) => own.views))
  const [smallest, smaller] = [rms(moves.map((own) => own.smallest)), rms(moves.map((own) => own.smaller))]
  expect(smallest).toBeLessThan(1.25 * views)
  expect(smaller).toBeGreaterThan(1.5 * views)
})

test('one size is the limit for judging and for searching', async () => {
  const reasons = async (side: number) => {
    const { picture, mesh } = await shrink(heads[0]!, side)
    return assessQuality(
      picture,
      { mesh, detection: null as never },
      alignFace(picture, mesh, REFERENCE_CROP),
    ).reasons
  }
  expect(await reasons(SMALLEST_SIDE - 1)).toContain('face_too_small')
  expect(await reasons(SMALLEST_SIDE + 1)).not.toContain('face_too_small')
  expect(SMALLEST_FACE * REFERENCE_CROP.margin).toBeCloseTo(SMALLEST_SIDE)
})
