import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createScorer, type Faces, openClassifiers, type Picture, type Scorer } from '@unswap/detector'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { driftingView, film } from '../../src/forge/video/camera.ts'
import { encodeVideo } from '../../src/forge/video/encode-video.ts'
import { forge, judgeMaps, readDataset } from '../../src/index.ts'
import { modelsDir, openTestFaces, portrait } from '../forge/portraits.ts'

const CLIP = { width: 288, height: 288, fps: 6, crf: 20 }
const METHOD = 'manipulated_sequences/Deepfakes'

let root: string
let faces: Faces
let scorer: Scorer
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'unswap-masks-'))
  faces = await openTestFaces()
  scorer = createScorer(await openClassifiers({ modelsDir, threads: 1 }))
}, 60_000)
afterAll(async () => {
  await Promise.all([faces.close(), scorer.close()])
  await rm(root, { recursive: true })
})

const grey = ({ width, height, data }: Picture): Picture => ({
  width,
  height,
  data: Uint8Array.from({ length: 3 * data.length }, (_, i) => data[Math.floor(i / 3)]!),
})

/** A swap on video, and the video of its true mask, where FaceForensics++ has them. */
async function addSwap(name: string): Promise<void> {
  const [astronaut, grace] = [
    await portrait(faces, 'astronaut.png'),
    await portrait(faces, 'grace_hopper.jpg'),
  ]
  const view = { centre: [224, 140], width: 260, roll: 0, gain: [1, 1, 1] } as const
  const forgeries = Array.from({ length: 6 }, (_, i) =>
    forge('swap', film(astronaut, driftingView(view, 3, i / CLIP.fps), CLIP.width, CLIP.height), grace, 5),
  )
  for (const folder of ['c23/videos', 'masks/videos']) {
    await mkdir(join(root, METHOD, folder), { recursive: true })
  }
  const pictures = forgeries.map(({ picture }) => picture)
  const masks = forgeries.map(({ mask }) => grey(mask))
  await encodeVideo(join(root, METHOD, 'c23/videos', `${name}.mp4`), pictures, CLIP)
  await encodeVideo(join(root, METHOD, 'masks/videos', `${name}.mp4`), masks, CLIP)
}

describe('judgeMaps', { timeout: 60_000 }, () => {
  it('compares maps with the mask videos of FaceForensics++, moment by moment', async () => {
    await addSwap('000_003')
    const judged = await judgeMaps(await readDataset('faceforensics', root), { faces, scorer })
    expect(judged!.pictures).toBe(4)
    expect(judged!.overlap).toBeGreaterThan(judged!.everything)
    expect(judged!.overlap).toBeGreaterThan(0.5)
  })
})
