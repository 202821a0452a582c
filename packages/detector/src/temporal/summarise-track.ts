import { OUTPUTS, type Quality, type ReasonCode, type TemporalMeasure } from '@unswap/contract'
import { MANIPULATED } from '../models/outputs.ts'
import { type Column, createColumn } from './column.ts'
import { weightOf } from './frame-weight.ts'
import { colourDrift, shapeResidual } from './motion.ts'
import { findPassage } from './passage.ts'
import { effectiveSize, median, quantile, robustSpread, winsorisedMean } from './robust.ts'
import type { TrackSample, TrackSummary } from './track-score.ts'

/** Samples further apart than this are not compared for motion. */
const NEIGHBOURS_SECONDS = 1

const PROPERTIES = [
  'side',
  'sharpness',
  'brightness',
  'clipped',
  'yaw',
  'pitch',
  'roll',
  'covered',
  'outside',
  'blocking',
] as const satisfies readonly (keyof Quality)[]

export interface TrackSummaryOptions {
  /** Fewest samples of a passage: as many as the calibration asks of a video. */
  readonly minimumFrames?: number
}

/** Takes a track's samples one by one, in order of time, and keeps about 100 bytes of each. */
export interface TrackAccumulator {
  add(sample: TrackSample): void
  /** @throws RangeError before the first sample */
  finish(): TrackSummary
}

interface Pool {
  readonly seconds: Column
  readonly weights: Column
  /** Per model, per output. */
  logits: Column[][]
  readonly quality: Record<(typeof PROPERTIES)[number], Column>
  readonly reasons: Map<ReasonCode, number>
}

/**
 * Pools a track over time. The pooled logit is a winsorised mean of the usable samples' logits, weighted by quality, so
 * that noise averages out and outliers count little. A mean hides a short passage, so the most suspicious one is kept
 * beside it.
 */
export function createTrackSummary(track: number, options: TrackSummaryOptions = {}): TrackAccumulator {
  const { minimumFrames = 8 } = options
  const [usable, unusable] = [createPool(), createPool()]
  const pairs = {
    gaps: createColumn(),
    jumps: createColumn(),
    shapes: createColumn(),
    colours: createColumn(),
  }
  let models: readonly string[] = []
  let before: TrackSample | null = null

  return {
    add(sample) {
      models = sample.score.map(({ model }) => model)
      addTo(sample.observation.usable ? usable : unusable, sample)
      if (!sample.observation.usable) return
      const gap = before ? sample.observation.seconds - before.observation.seconds : Infinity
      if (before && gap <= NEIGHBOURS_SECONDS) {
        pairs.gaps.push(gap)
        pairs.jumps.push(jump(before, sample))
        pairs.shapes.push(shapeResidual(before.mesh, sample.mesh))
        pairs.colours.push(colourDrift(before, sample))
      }
      before = sample
    },
    finish() {
      const counts = { usable: lengthOf(usable), unusable: lengthOf(unusable) }
      const pool = counts.usable ? usable : unusable
      if (!lengthOf(pool)) throw new RangeError('A track has at least one sample.')
      const weights = pool.weights.values()
      const main = pool.logits.map((columns) => columns[MANIPULATED]!.values())
      const spread = main.map(robustSpread)
      return {
        track,
        observed: counts.usable + counts.unusable,
        usable: counts.usable,
        pooled: models.map((model, i) => ({
          model,
          logits: Float32Array.from(pool.logits[i]!, (column) => winsorisedMean(column.values(), weights)),
        })),
        spread,
        standardError: main.map((logits, i) => spread[i]! / Math.sqrt(effectiveSize(logits, weights))),
        passage: main.map((logits) => findPassage(logits, pool.seconds.values(), minimumFrames)),
        quality: qualityOf(pool, counts.usable > 0),
        temporal: counts.usable > 1 ? measures(spread, counts.usable, pairs) : [],
      }
    },
  }
}

const lengthOf = (pool: Pool): number => pool.seconds.values().length

function createPool(): Pool {
  return {
    seconds: createColumn(),
    weights: createColumn(),
    logits: [],
    quality: Object.fromEntries(PROPERTIES.map((name) => [name, createColumn()])) as Pool['quality'],
    reasons: new Map(),
  }
}

function addTo(pool: Pool, { observation: { seconds, quality }, score }: TrackSample): void {
  pool.seconds.push(seconds)
  pool.weights.push(weightOf(quality))
  if (!pool.logits.length) pool.logits = score.map(() => OUTPUTS.map(createColumn))
  score.forEach(({ logits }, model) => {
    logits.forEach((logit, output) => {
      pool.logits[model]![output]!.push(logit)
    })
  })
  for (const name of PROPERTIES) pool.quality[name].push(quality[name])
  for (const reason of quality.reasons) pool.reasons.set(reason, (pool.reasons.get(reason) ?? 0) + 1)
}

function qualityOf(pool: Pool, usable: boolean): Quality {
  const counted = [...pool.reasons].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  const common = counted.filter(([, count]) => count >= lengthOf(pool) / 2)
  return {
    ...(Object.fromEntries(PROPERTIES.map((name) => [name, median(pool.quality[name].values())])) as Omit<
      Quality,
      'reasons'
    >),
    reasons: (common.length || usable ? common : counted.slice(0, 1)).map(([reason]) => reason),
  }
}

/** Change of the `manipulated` logit, mean over models. */
function jump(before: TrackSample, after: TrackSample): number {
  const changes = after.score.map(({ logits }, i) =>
    Math.abs(logits[MANIPULATED]! - before.score[i]!.logits[MANIPULATED]!),
  )
  return changes.reduce((sum, change) => sum + change, 0) / changes.length
}

function measures(
  spread: readonly number[],
  samples: number,
  { gaps, jumps, shapes, colours }: Record<'gaps' | 'jumps' | 'shapes' | 'colours', Column>,
): TemporalMeasure[] {
  const pairs = gaps.values().length
  const overall: TemporalMeasure = {
    id: 'score_spread',
    value: spread.reduce((sum, value) => sum + value, 0) / spread.length,
    unit: 'logit',
    meaning: `How far the logit of single frames strays from its middle, over ${samples} frames.`,
    samples,
  }
  if (!pairs) return [overall]
  const basis = `over ${pairs} pairs of frames ${median(gaps.values()).toFixed(2)} s apart`
  return [
    overall,
    {
      id: 'score_jumps',
      value: quantile(jumps.values(), 0.9),
      unit: 'logit',
      meaning: `How much the logit changes from frame to frame: nine in ten changes are smaller, ${basis}.`,
      samples: pairs,
    },
    {
      id: 'landmark_jitter',
      value: 100 * median(shapes.values()),
      unit: '% of the face',
      meaning: `How much the shape of the face changes beyond moving, turning and scaling (speech does so too), ${basis}.`,
      samples: pairs,
    },
    {
      id: 'inside_outside',
      value: median(colours.values()),
      unit: 'levels of 255',
      meaning: `How differently the colour of the face and of its surround change, ${basis}.`,
      samples: pairs,
    },
  ]
}
