import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Golden, toUnswapError } from '@unswap/contract'
import { openDetector } from '@unswap/detector'
import { describeTrial, proveModels } from '../models/prove-models.ts'
import { type DoctorCheck, missing, ok } from './doctor-check.ts'

const RESTORE = 'git checkout -- models'

/** Each model by its self-test, then the main job itself: a picture in, a report out. */
export async function checkAnalysis(modelsDir: string): Promise<readonly DoctorCheck[]> {
  try {
    const proven = await proveModels(modelsDir)
    const models = proven.map(({ manifest, calibration, result }) => {
      const name = `Model ${manifest.id}`
      if (!result.held) return missing(name, result.error.message, RESTORE)
      return ok(name, `${describeTrial(result.trial)}, self-test passed, calibration ${calibration}`)
    })
    return [...models, await checkMainJob(modelsDir, proven[0]!.manifest.id)]
  } catch (thrown) {
    return [missing('Models', toUnswapError(thrown).message, RESTORE)]
  }
}

/** Analyses a golden crop of a model: it is a picture with a face, and it is always there. */
async function checkMainJob(modelsDir: string, id: string): Promise<DoctorCheck> {
  const name = 'Analysis'
  try {
    const golden: Golden = JSON.parse(await readFile(join(modelsDir, id, 'golden.json'), 'utf8'))
    const detector = await openDetector({ modelsDir })
    try {
      const path = join(modelsDir, id, golden.crops[0]!.file)
      const { report, timings } = await detector.analyze({ path }, { evidenceFrames: 0 })
      const faces = report.faces.length === 1 ? '1 face' : `${report.faces.length} faces`
      return ok(
        name,
        `a picture of ${report.media.width}×${report.media.height}, ${faces}, ${timings.total.toFixed(0)} ms`,
      )
    } finally {
      await detector.close()
    }
  } catch (thrown) {
    return missing(name, toUnswapError(thrown).message)
  }
}
