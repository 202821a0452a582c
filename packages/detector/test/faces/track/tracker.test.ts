import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alignFace } from '../../../src/faces/align.ts'
import { type Faces, openFaces } from '../../../src/faces/find-faces.ts'
import { REFERENCE_CROP } from '../../../src/faces/reference-crop.ts'
import { createTracker, type Tracker } from '../../../src/faces/track/tracker.ts'
import type { Frame, Picture } from '../../../src/media/frame.ts'
import { type Background, loadBackgrounds } from '../backgrounds.ts'
import { type Head, loadHeads } from '../heads.ts'
import { hits, type Placed, pasteHead, seeded } from '../scenes.ts'

let faces: Faces
let heads: Head[]
let backgrounds: Background[]
beforeAll(async () => {
  ;[faces, heads, backgrounds] = await Promise.all([
    openFaces({ modelsDir: join(import.meta.dirname, '../../../../../models') }),
    loadHeads(),
    loadBackgrounds(),
  ])
})
afterAll(() => faces?.close())

type Cast = readonly {
  readonly head: number
  readonly x: number
  readonly y?: number
  readonly size?: number
}[]

function frameOf(index: number, seconds: number, scene: number, cast: Cast): Frame {
  const background = backgrounds[scene]!(640, 360, seeded(scene)) as Picture
  for (const { head, x, y = 180, size = 100 } of cast) {
    pasteHead(background, heads[head]!, { centre: [x, y], size, roll: 0 })
  }
  return { ...background, index, seconds }
}

/** Per person of the cast the track that it got, or null where it was not found. */
async function show(tracker: Tracker, frame: Frame, cast: Cast): Promise<(number | null)[]> {
  const located = await faces.locate(frame, { maxFaces: 8, hints: [] })
  const aligned = located.faces.map((face) => ({
    ...face,
    crop: alignFace(frame, face.mesh, REFERENCE_CROP),
  }))
  const tracks = tracker.update(frame, aligned)
  return cast.map(({ x, y = 180, size = 100 }) => {
    const placed: Placed = { centre: [x, y], size, roll: 0 }
    const at = aligned.findIndex(({ crop }) =>
      hits({ ...crop.transform, side: crop.transform.side / 1.3 }, placed),
    )
    return at < 0 ? null : tracks[at]!
  })
}

async function play(shots: readonly { seconds: number; scene: number; cast: Cast }[]) {
  const tracker = createTracker()
  const tracks: (number | null)[][] = []
  for (const [index, { seconds, scene, cast }] of shots.entries()) {
    tracks.push(await show(tracker, frameOf(index, seconds, scene, cast), cast))
  }
  return { tracks, cuts: tracker.cuts }
}

test('two people who cross keep their numbers', async () => {
  const steps = 13
  const castAt = (i: number): Cast => [
    { head: 8, x: 120 + (400 * i) / (steps - 1) },
    { head: 21, x: 520 - (400 * i) / (steps - 1), y: 195 },
  ]
  const { tracks, cuts } = await play(
    Array.from({ length: steps }, (_, i) => ({ seconds: i * 0.3, scene: 1, cast: castAt(i) })),
  )
  expect(cuts).toEqual([])
  // where one hides the other, one face answers to both places
  const apart = tracks.filter((_, i) => Math.abs(castAt(i)[0]!.x - castAt(i)[1]!.x) > 90)
  expect(apart.length).toBeGreaterThan(9)
  for (const numbers of apart) expect(numbers).toEqual([0, 1])
})

test('shot and counter-shot: each person keeps a number through the cuts', async () => {
  const a = { scene: 0, cast: [{ head: 0, x: 250, size: 130 }] }
  const b = { scene: 3, cast: [{ head: 9, x: 380, size: 120 }] }
  const { tracks, cuts } = await play([a, a, b, b, a, b, a].map((shot, i) => ({ ...shot, seconds: i * 2 })))
  expect(tracks.map(([track]) => track)).toEqual([0, 0, 1, 1, 0, 1, 0])
  expect(cuts).toEqual([4, 8, 10, 12])
})

describe('another person is another track', () => {
  test('at the same place after a cut', async () => {
    const { tracks } = await play([
      { seconds: 0, scene: 0, cast: [{ head: 0, x: 300 }] },
      { seconds: 1, scene: 3, cast: [{ head: 12, x: 300 }] },
    ])
    expect(tracks).toEqual([[0], [1]])
  })

  test('at the same place of the same scene, long after', async () => {
    const { tracks, cuts } = await play([
      { seconds: 0, scene: 2, cast: [{ head: 18, x: 300 }] },
      { seconds: 30, scene: 2, cast: [{ head: 3, x: 300 }] },
    ])
    expect(cuts).toEqual([])
    expect(tracks).toEqual([[0], [1]])
  })
})

test('a person who leaves and comes back elsewhere is known again', async () => {
  const { tracks } = await play([
    {
      seconds: 0,
      scene: 1,
      cast: [
        { head: 4, x: 120 },
        { head: 16, x: 420 },
      ],
    },
    { seconds: 1, scene: 1, cast: [{ head: 16, x: 430 }] },
    {
      seconds: 20,
      scene: 1,
      cast: [
        { head: 16, x: 420 },
        { head: 4, x: 560, size: 90 },
      ],
    },
  ])
  const [first, second, third] = tracks
  expect(second).toEqual([first![1]])
  expect(third).toEqual([first![1], first![0]])
})

test.each([0.04, 0.3, 5, 60])('a person who sits still is one track at %d s between frames', async (gap) => {
  const { tracks, cuts } = await play(
    Array.from({ length: 5 }, (_, i) => ({
      seconds: i * gap,
      scene: 0,
      cast: [{ head: 10, x: 300 + 12 * (i % 2), size: 110 + 6 * (i % 3) }],
    })),
  )
  expect(tracks).toEqual([[0], [0], [0], [0], [0]])
  expect(cuts).toEqual([])
})

test('a scene is asked for once before its frame is tracked', () => {
  const tracker = createTracker()
  const [first, second] = [frameOf(0, 0, 0, []), frameOf(1, 1, 2, [])]
  expect(tracker.startsScene(first)).toBe(false)
  expect(tracker.update(first, [])).toEqual([])
  expect(tracker.startsScene(second)).toBe(true)
  expect(tracker.update(second, [])).toEqual([])
  expect(tracker.cuts).toEqual([1])
})
