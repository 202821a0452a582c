import type { ContentCredentials, ModelIdentity, Settings } from '@unswap/contract'
import type { Scorer } from '../classifiers/crop-score.ts'
import type { Faces } from '../faces/find-faces.ts'
import type { Media } from '../media/frame.ts'
import type { FramePlan } from '../media/video/sampling.ts'
import { judgeMotion, type TemporalHead } from '../temporal/temporal-head.ts'
import type { JudgingModel } from '../verdict/ensemble.ts'
import { conclude } from './build-report.ts'
import { watch } from './frame-loop.ts'
import type { Analysis, AnalyzeOptions } from './options.ts'
import type { Clock } from './timings.ts'

/** What a detector has opened, for all of its analyses; lists are in the order of the classifiers. */
export interface Opened {
  readonly faces: Faces
  readonly scorer: Scorer
  readonly heads: readonly (TemporalHead | null)[]
  readonly judging: readonly JudgingModel[]
  readonly models: readonly ModelIdentity[]
  /** Fewest usable frames of a video's face that may be judged. */
  readonly minimumFrames: number
}

/** What stays the same when media is looked at again. */
export interface LookOptions extends Omit<AnalyzeOptions, 'sampling' | 'limits'> {
  readonly settings: Settings
  readonly contentCredentials: ContentCredentials
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly mostFrames: number
}

/** Goes through the frames of the plan and concludes from all that they showed. */
export async function look(
  media: Media,
  plan: FramePlan,
  opened: Opened,
  { framesBefore = 0, ...options }: LookOptions & { readonly framesBefore?: number },
): Promise<Omit<Analysis, 'timings'>> {
  const { faces, scorer, heads, judging, models, minimumFrames } = opened
  const { settings, contentCredentials, clock } = options
  const windows = heads.map((head) => head?.frames ?? null)
  const watched = await watch(media, faces, scorer, clock, {
    ...options,
    plan,
    framesBefore,
    minimumFrames,
    windows,
  })
  return clock.time('temporal', async () => {
    const motion = await Promise.all(watched.persons.map(({ sequences }) => judgeMotion(heads, sequences)))
    const concluded = conclude(media, watched, { settings, models, contentCredentials, judging, motion })
    return { report: concluded.report, evidence: { frames: watched.evidence, faces: concluded.faces } }
  })
}
