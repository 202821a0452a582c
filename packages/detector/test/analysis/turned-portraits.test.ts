import { join } from 'node:path'
import { ANALYSIS_DEFAULTS } from '@unswap/contract'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { followFaces } from '../../src/analysis/follow-faces.ts'
import { openFaces } from '../../src/faces/find-faces.ts'
import { type Detector, openDetector } from '../../src/index.ts'
import { loadHeads, REAL } from '../faces/heads.ts'
import { photographsOf, turnScene } from '../faces/turned.ts'

const modelsDir = join(import.meta.dirname, '../../../../models')
const ANGLES = [90, 180, 270, 50, 145, 220]

let detector: Detector
beforeAll(async () => {
  detector = await openDetector({ modelsDir })
})
afterAll(() => detector?.close())

/** Degrees between two rolls, 0..180. */
const between = (a: number, b: number) => Math.abs(((((a - b) % 360) + 540) % 360) - 180)

describe.each([
  ['astronaut.png', 3],
  ['grace_hopper.jpg', -3],
])('%s turned', (name, roll) => {
  test.each(ANGLES)('by %d° is judged upright, and is not called manipulated', async (degrees) => {
    const saved = await sharp(join(REAL, name)).jpeg().toBuffer()
    const bytes = await sharp(saved).rotate(degrees, { background: '#808080' }).png().toBuffer()
    const { report } = await detector.analyze({ bytes })
    expect(report.faces).toHaveLength(1)
    const [observation] = report.faces[0]!.timeline
    expect(between((observation!.crop.roll * 180) / Math.PI, roll + degrees)).toBeLessThan(15)
    expect(report.verdict.band).not.toBe('likely_manipulated')
  })
})

test('people upside down in a video stay upright in their crops from frame to frame', async () => {
  const faces = await openFaces({ modelsDir })
  const group = photographsOf(await loadHeads()).find(({ faces: people }) => people.length === 4)!
  const { picture } = await turnScene(group, 180)
  const signal = new AbortController().signal
  const follower = followFaces(faces, { maxFaces: ANALYSIS_DEFAULTS.maxFaces, inputs: [], signal })
  for (let index = 0; index < 4; index++) {
    const followed = await follower.next({ ...picture, index, seconds: index / 5 })
    expect(followed).toHaveLength(4)
    for (const { crop } of followed) {
      expect(between((crop.transform.roll * 180) / Math.PI, 180)).toBeLessThan(45)
    }
  }
  await faces.close()
})
