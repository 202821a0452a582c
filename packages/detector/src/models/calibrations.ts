import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  Calibration,
  type ClassifierManifest,
  type Curve,
  type ModelIdentity,
  UnswapError,
  type Weights,
} from '@unswap/contract'
import { conform, parseJson } from './model-json.ts'

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

/** An opened classifier: its manifest, and the weights that it runs. */
interface OpenedModel {
  readonly manifest: ClassifierManifest
  readonly variant: Weights['variant']
  readonly sha256: string
}

/**
 * The calibrations of opened classifiers, in their order.
 * @throws UnswapError `calibration_invalid`
 */
export function loadCalibrations(
  modelsDir: string,
  classifiers: readonly OpenedModel[],
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
 * @throws UnswapError `calibration_invalid` when it is missing, or breaks a rule that its use relies on
 */
export const loadCalibration = (modelsDir: string, id: string): Promise<LoadedCalibration> =>
  readCalibration(join(modelsDir, id, 'calibration.json'))

/**
 * A calibration in any file.
 * @throws UnswapError `calibration_invalid`, as `loadCalibration`
 */
export async function readCalibration(file: string): Promise<LoadedCalibration> {
  const invalid = (fault: string, cause?: unknown) =>
    new UnswapError(
      'calibration_invalid',
      `${file} ${fault}: restore it, or fit one with \`unswap calibrate\`.`,
      { cause },
    )
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (cause) {
    throw invalid('cannot be read', cause)
  }
  const content = parseJson(bytes.toString('utf8'), file, 'calibration_invalid')
  const calibration = conform(Calibration, content, file, 'calibration_invalid')
  const fault = faultOf(calibration)
  if (fault) throw invalid(fault)
  return { calibration, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** What the schema cannot express. */
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
