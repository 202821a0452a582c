import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  Calibration,
  type ClassifierManifest,
  type Curve,
  type ModelIdentity,
  UnswapError,
} from '@unswap/contract'
import Value from 'typebox/value'
import type { Classifier } from '../classifiers/open-classifiers.ts'

export interface LoadedCalibration {
  readonly calibration: Calibration
  /** Of calibration.json, for the report. */
  readonly sha256: string
}

/** A classifier as reports name it, and what turns its logits into verdicts. */
export interface CalibratedModel {
  readonly identity: ModelIdentity
  readonly thresholds: ClassifierManifest['thresholds']
  readonly calibration: Calibration
}

/**
 * The calibrations of opened classifiers, in their order.
 * @throws UnswapError `calibration_invalid`
 */
export function loadCalibrations(
  modelsDir: string,
  classifiers: readonly Pick<Classifier, 'manifest' | 'variant' | 'sha256'>[],
): Promise<CalibratedModel[]> {
  return Promise.all(
    classifiers.map(async ({ manifest: { id, thresholds }, variant, sha256 }) => {
      const loaded = await loadCalibration(modelsDir, id)
      const { status, fittedOn } = loaded.calibration
      return {
        identity: { id, variant, sha256, calibration: { sha256: loaded.sha256, status, fittedOn } },
        thresholds,
        calibration: loaded.calibration,
      }
    }),
  )
}

/**
 * `calibration.json` of the model `id`.
 * @throws UnswapError `calibration_invalid` when it is missing or could not be followed without guessing
 */
export const loadCalibration = (modelsDir: string, id: string): Promise<LoadedCalibration> =>
  readCalibration(join(modelsDir, id, 'calibration.json'))

/**
 * A calibration, wherever it lies.
 * @throws UnswapError `calibration_invalid`, as `loadCalibration`
 */
export async function readCalibration(file: string): Promise<LoadedCalibration> {
  const invalid = (fault: string, cause?: unknown) =>
    new UnswapError(
      'calibration_invalid',
      `${file} ${fault}. Restore it, or fit one with \`unswap calibrate\`.`,
      { cause },
    )
  let bytes: Buffer
  let content: unknown
  try {
    bytes = await readFile(file)
    content = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw invalid('cannot be read as JSON', cause)
  }
  if (!Value.Check(Calibration, content)) {
    const [fault] = Value.Errors(Calibration, content)
    throw invalid(`does not follow its schema: ${fault?.instancePath ?? ''} ${fault?.message ?? ''}`)
  }
  const fault = faultOf(content)
  if (fault) throw invalid(fault)
  return { calibration: content, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** What the schema cannot say. */
function faultOf(calibration: Calibration): string | null {
  for (const kind of ['image', 'video'] as const) {
    const part = calibration[kind]
    const strata = part.strata ?? []
    for (const { curve, bands } of [part, ...strata]) {
      const fault = curveFault(curve)
      if (fault) return `has a curve for ${kind}s that ${fault}`
      if (bands.authentic >= bands.manipulated) return `has bands for ${kind}s that overlap`
    }
    const ends = strata.flatMap(({ sideFrom, sideTo }) => [sideFrom, sideTo ?? Infinity])
    if (ends.some((end, i) => end < (ends[i - 1] ?? 0) || (i % 2 === 1 && end === ends[i - 1]))) {
      return `has strata for ${kind}s that do not ascend`
    }
  }
  return null
}

function curveFault({ knots, logOdds, spread }: Curve): string | null {
  if (logOdds.length !== knots.length || spread.length !== knots.length) return 'has lists of unequal length'
  if (knots.some((knot, i) => i > 0 && knot <= knots[i - 1]!)) return 'has knots that do not ascend'
  if (logOdds.some((value, i) => i > 0 && value < logOdds[i - 1]!)) return 'falls'
  return null
}
