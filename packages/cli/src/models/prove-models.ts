import { type Calibration, type ClassifierManifest, toUnswapError, type UnswapError } from '@unswap/contract'
import { loadCalibration, openClassifiers, readManifests, type Trial } from '@unswap/detector'

/** A classifier that is there, and whether it reproduces its golden crops on this machine. */
export interface ProvenModel {
  readonly manifest: ClassifierManifest
  readonly calibration: Calibration['status'] | 'unusable'
  /** How it runs here, or why it does not. */
  readonly result:
    | { readonly held: true; readonly trial: Trial; readonly sha256: string }
    | { readonly held: false; readonly error: UnswapError }
}

/**
 * Opens every classifier on its own, so that a broken one does not hide the others.
 * @throws UnswapError `model_missing` when there is none at all, `model_invalid` when a manifest is broken
 */
export async function proveModels(modelsDir: string): Promise<readonly ProvenModel[]> {
  const proven: ProvenModel[] = []
  for (const manifest of await readManifests(modelsDir)) {
    const calibration = await calibrationStatus(modelsDir, manifest.id)
    proven.push({ manifest, calibration, result: await prove(modelsDir, manifest.id) })
  }
  return proven
}

async function prove(modelsDir: string, id: string): Promise<ProvenModel['result']> {
  try {
    const [classifier] = await openClassifiers({ modelsDir, models: [id] })
    const { selfTest, sha256, session } = classifier!
    await session.close()
    return { held: true, trial: selfTest.at(-1)!, sha256 }
  } catch (thrown) {
    return { held: false, error: toUnswapError(thrown) }
  }
}

const calibrationStatus = (modelsDir: string, id: string): Promise<ProvenModel['calibration']> =>
  loadCalibration(modelsDir, id).then(
    ({ calibration }) => calibration.status,
    () => 'unusable',
  )

/** `int8`, `int8 in exact arithmetic` or `float`. */
export const describeTrial = ({ variant, precise }: Trial): string =>
  `${variant}${precise ? ' in exact arithmetic' : ''}`
