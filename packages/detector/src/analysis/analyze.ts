import type { Settings } from '@unswap/contract'
import { calibrateFace, type JudgingModel } from '../calibration/calibrate-face.ts'
import { scoreWithAugmentation } from '../classifiers/test-time-augmentation.ts'
import { distinctSpecs } from '../faces/align.ts'
import { readCredentials } from '../media/credentials/read-credentials.ts'
import type { Media, MediaSource } from '../media/frame.ts'
import { openMedia } from '../media/open-media.ts'
import type { FramePlan } from '../media/video/sampling.ts'
import { judgeMotion } from '../temporal/temporal-head.ts'
import { decideFace } from '../verdict/face-verdict.ts'
import { decideMedia } from '../verdict/media-verdict.ts'
import { correctForMultipleFaces } from '../verdict/multiple-faces.ts'
import { buildReport, type Decided } from './build-report.ts'
import { followFaces } from './follow-faces.ts'
import { type Pass, runFrameLoop } from './frame-loop.ts'
import { chooseClassifiers, type Opened } from './opened.ts'
import type { Analysis, ResolvedOptions } from './options.ts'
import { planSecondPass } from './second-pass.ts'
import { type Clock, startClock } from './timings.ts'

/**
 * The whole analysis of one photograph or video: media → faces → classifiers → temporal → calibration → verdict →
 * report. A video gets a second pass where faces that matter were in too few frames of the first.
 * @throws UnswapError with a code of `contract`; an error never becomes a verdict
 */
export async function analyze(
  source: MediaSource,
  opened: Opened,
  options: ResolvedOptions,
): Promise<Analysis> {
  const { sampling, maxFaces, flip, limits, decoder, signal } = options
  const { trustList } = opened
  const settings: Settings = { sampling, maxFaces, flip }
  const classifiers = chooseClassifiers(opened.classifiers, options.models)
  const minimumFrames = Math.max(...classifiers.map(({ calibration }) => calibration.minimumFrames))
  const clock = startClock()

  const media = await clock.time('media', () => openMedia(source, { limits, decoder, signal }))
  try {
    const { kind, format, bytes } = media.info
    const contentCredentials = await clock.time('media', () =>
      readCredentials(source, { format, bytes, trustList, signal }),
    )

    const runAndDecide = async (plan: FramePlan, framesBefore: number) => {
      const pass = await runPass(
        media,
        { ...opened, classifiers },
        { ...options, plan, framesBefore, minimumFrames, clock },
      )
      return { pass, decided: await clock.time('temporal', () => decide(media, pass, classifiers)) }
    }
    const first = await runAndDecide(sampling, 0)
    const framesBefore = first.pass.frames.length
    const bounds = { kind, sampling, framesBefore, minimumFrames, mostFrames: limits.frames }
    const second = planSecondPass(first.decided, bounds)
    const { pass, decided } = second ? await runAndDecide(second, framesBefore) : first

    const heads = classifiers.map(({ head }) => head)
    const motion = await clock.time('temporal', () =>
      Promise.all(decided.faces.map(({ track }) => judgeMotion(heads, track.sequences))),
    )
    const parts = { settings, classifiers, contentCredentials, pass, decided, motion }
    const { report, evidence } = await clock.time('report', () => buildReport(media, parts))
    return { report, evidence, timings: clock.read() }
  } finally {
    await media.close()
  }
}

interface PassOptions extends ResolvedOptions {
  readonly plan: FramePlan
  readonly framesBefore: number
  readonly minimumFrames: number
  readonly clock: Clock
}

/** faces → classifiers: finds, follows and scores the faces in the planned frames. */
function runPass(media: Media, opened: Opened, options: PassOptions): Promise<Pass> {
  const { faces, scorer, classifiers } = opened
  const { signal, flip } = options
  const choices = { models: classifiers.map(({ identity }) => identity.id), flip }
  return runFrameLoop(media, {
    ...options,
    faces: followFaces(faces, { ...options, inputs: distinctSpecs(classifiers.map(({ input }) => input)) }),
    scoreFace: (frame, face) =>
      media.info.kind === 'image'
        ? scoreWithAugmentation(scorer, frame, face, signal, choices)
        : scorer.score(face.inputs, signal, choices),
    windows: classifiers.map(({ head }) => head?.frames ?? null),
  })
}

/** temporal → calibration → verdict: pools each track over its frames, calibrates it, and decides. */
function decide(media: Media, { tracks, facesLeftOut }: Pass, models: readonly JudgingModel[]): Decided {
  const { kind } = media.info
  const judged = tracks.map((track) => {
    const summary = track.pool.finish()
    const opinions = calibrateFace(summary, models, kind)
    const decision = decideFace({ id: `face-${track.number + 1}`, kind, summary, opinions }, models)
    return { track, summary, decision }
  })
  const decisions = correctForMultipleFaces(judged.map(({ decision }) => decision))
  return {
    verdict: decideMedia(decisions, { notes: media.notes, facesLeftOut }),
    faces: judged.map((face, i) => ({ ...face, decision: decisions[i]! })),
  }
}
