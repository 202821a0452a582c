import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Progress, Report } from '@unswap/contract'
import Value from 'typebox/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Decided } from '../../src/analysis/build-report.ts'
import { planSecondPass } from '../../src/analysis/second-pass.ts'
import { type Detector, openDetector } from '../../src/index.ts'

const ROOT = join(import.meta.dirname, '../../../..')
/** The default sampling. */
const SECOND_PASS = { count: 32, closer: true } as const

let folder: string
let detector: Detector

/** Half a minute of a test picture in which a face is seen for three seconds. */
function makeEdit(name: string, clip: string): string {
  const path = join(folder, name)
  const filler = ['-f', 'lavfi', '-t', '14', '-i', 'testsrc2=size=480x480:rate=25']
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-y', ...filler, '-i', join(ROOT, 'testdata/video', clip), ...filler],
    ...['-filter_complex', '[0:v][1:v][2:v]concat=n=3,format=yuv420p', '-c:v', 'libx264', '-crf', '18', path],
  ])
  return path
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'second-pass-'))
  detector = await openDetector({ modelsDir: join(ROOT, 'models') })
})
afterAll(async () => {
  await detector.close()
  await rm(folder, { recursive: true })
})

describe('a face that is in few of the evenly spread frames', () => {
  it('is in more frames of a second pass, and judged', async () => {
    const path = makeEdit('real.mp4', 'real-astronaut.mp4')
    const steps: Progress[] = []
    const { report } = await detector.analyze({ path }, { onProgress: (step) => steps.push(step) })
    expect([...Value.Errors(Report, report)]).toEqual([])
    expect(report.settings.sampling).toEqual(SECOND_PASS)
    expect(report.frames.length).toBeGreaterThan(32)
    expect(report.frames.map(({ seconds }) => seconds)).toEqual(
      report.frames.map(({ seconds }) => seconds).toSorted((a, b) => a - b),
    )
    expect(report.faces[0]!.usable).toBeGreaterThanOrEqual(8)
    expect(report.verdict.probability).not.toBeNull()
    expect(report.verdict.band).not.toBe('likely_manipulated')
    // both passes count, and the last step is the whole
    const done = steps.map(({ frames }) => frames)
    expect(done).toEqual(done.toSorted((a, b) => a - b))
    expect(steps.at(-1)).toMatchObject({ frames: 32 + report.frames.length, share: 1 })
  })

  it('is found manipulated where it is forged', async () => {
    const { report } = await detector.analyze({ path: makeEdit('fake.mp4', 'fake-astronaut-swap.mp4') })
    expect(report.verdict.band).toBe('likely_manipulated')
  })

  it('gets no second pass where a number of frames was asked for', async () => {
    const { report } = await detector.analyze({ path: join(folder, 'real.mp4') }, { sampling: { count: 32 } })
    expect(report.frames).toHaveLength(32)
    expect(report.verdict.reasons.map(({ code }) => code)).toEqual(['few_frames'])
  })
})

describe('planSecondPass', () => {
  const options = {
    kind: 'video',
    sampling: SECOND_PASS,
    framesBefore: 32,
    minimumFrames: 8,
    mostFrames: 5000,
  } as const

  /** Faces, each seen usably at some seconds and at others not; all hinder the verdict. */
  function decidedOf(
    faces: readonly { side: number; usable: number[]; unusable?: number[]; score?: number }[],
  ) {
    const seen = faces.map(({ side, usable, unusable = [], score = 0.5 }, i) => ({
      decision: { id: `face-${i + 1}`, side, scores: { manipulated: score } },
      track: {
        timeline: [
          ...usable.map((seconds) => ({ seconds, usable: true })),
          ...unusable.map((seconds) => ({ seconds, usable: false })),
        ],
      },
    }))
    return {
      verdict: { reasons: seen.map(({ decision }) => ({ code: 'few_frames', faceId: decision.id })) },
      faces: seen,
    } as unknown as Decided
  }

  it('asks for what a face lacks and one more at each moment at which it was usable', () => {
    const plan = planSecondPass(decidedOf([{ side: 200, usable: [4, 9], unusable: [6] }]), options)
    expect(plan).toEqual({
      first: SECOND_PASS,
      around: [
        { seconds: 4, frames: 4 },
        { seconds: 9, frames: 4 },
      ],
    })
  })

  it('shares the moments of people who are seen together', () => {
    const plan = planSecondPass(
      decidedOf([
        { side: 200, usable: [4] },
        { side: 190, usable: [4, 8] },
      ]),
      options,
    )
    expect(plan!.around).toEqual([
      { seconds: 4, frames: 8 },
      { seconds: 8, frames: 4 },
    ])
  })

  it('keeps to its bound by leaving out small faces, whatever their scores', () => {
    const many = Array.from({ length: 40 }, (_, i) => ({
      side: 100 + i,
      usable: [i],
      score: i < 5 ? 0.99 : 0,
    }))
    const plan = planSecondPass(decidedOf(many), options)
    expect(plan!.around.map(({ seconds }) => seconds)).toEqual(Array.from({ length: 24 }, (_, i) => 16 + i))
    const tight = planSecondPass(decidedOf(many), { ...options, mostFrames: 41 })
    expect(tight!.around).toEqual([{ seconds: 39, frames: 8 }])
    expect(planSecondPass(decidedOf(many), { ...options, mostFrames: 32 })).toBeNull()
  })

  it('is null without the option, for a photograph, and where no face lacks frames', () => {
    const decided = decidedOf([{ side: 200, usable: [4] }])
    expect(planSecondPass(decided, { ...options, sampling: { count: 32 } })).toBeNull()
    expect(planSecondPass(decided, { ...options, kind: 'image' })).toBeNull()
    const unhindered = { ...decided, verdict: { ...decided.verdict, reasons: [] } }
    expect(planSecondPass(unhindered, options)).toBeNull()
  })
})
