import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Faces, openMedia } from '@unswap/detector'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { driftingView, film } from '../../src/forge/video/camera.ts'
import { type Clip, clipFrames, forgeVideo, type Subject } from '../../src/index.ts'
import { openTestFaces, portrait } from './portraits.ts'

const clip: Clip = {
  view: { centre: [224, 140], width: 240, roll: 0, gain: [1, 1, 1] },
  width: 240,
  height: 240,
  fps: 10,
  seconds: 0.5,
  noise: 1,
  crf: 20,
}
let faces: Faces
let astronaut: Subject
beforeAll(async () => {
  faces = await openTestFaces()
  astronaut = await portrait(faces, 'astronaut.png')
})
afterAll(() => faces.close())

describe('film', () => {
  it('carries the mesh along with the picture', async () => {
    const view = { ...driftingView(clip.view, 4, 1.3), roll: 0.1 }
    const seen = film(astronaut, view, 240, 240)
    const { faces: found } = await faces.locate(seen.picture, { maxFaces: 1 })
    for (const index of [1, 33, 263, 61, 291, 152]) {
      const [x, y] = [3 * index, 3 * index + 1]
      expect(Math.abs(found[0]!.mesh.points[x]! - seen.mesh.points[x]!)).toBeLessThan(2.5)
      expect(Math.abs(found[0]!.mesh.points[y]! - seen.mesh.points[y]!)).toBeLessThan(2.5)
    }
  })

  it('starts at the given view', () => {
    expect(driftingView(clip.view, 4, 0)).toEqual(clip.view)
  })
})

describe('clipFrames', () => {
  it('forges the face of the same camera move, and nothing else', () => {
    const real = [...clipFrames(astronaut, null, 7, clip)]
    const fake = [...clipFrames(astronaut, { kind: 'self_blend', source: null }, 7, clip)]
    expect(real).toHaveLength(5)
    expect(real[1]!.data).not.toEqual(real[0]!.data)
    fake.forEach((frame, i) => {
      const changed = frame.data.filter((v, k) => v !== real[i]!.data[k]).length / frame.data.length
      expect(changed).toBeGreaterThan(0.03)
      expect(changed).toBeLessThan(0.4)
      expect(frame.data.slice(0, 720)).toEqual(real[i]!.data.slice(0, 720))
    })
  })
})

describe('forgeVideo', () => {
  it('writes a video that the detector can open', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'unswap-forge-'))
    try {
      const path = join(folder, 'clip.mp4')
      await forgeVideo(path, astronaut, { kind: 'mouth_warp', source: null }, 3, clip)
      const media = await openMedia({ path })
      expect(media.info).toMatchObject({
        kind: 'video',
        codec: 'h264',
        width: 240,
        height: 240,
        frameCount: 5,
      })
      await media.close()
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
