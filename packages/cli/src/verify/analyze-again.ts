import { availableParallelism } from 'node:os'
import type { Report, Verdict } from '@unswap/contract'
import { openDetector } from '@unswap/detector'
import { fails, holds, type VerifyCheck } from './report-checks.ts'

/** How far probabilities and scores may lie apart: more than rounding of another processor, less than a reader sees. */
const TOLERANCE = 1e-3

/**
 * Analyses the media with the settings and models of the report, and compares.
 * @throws UnswapError what the analysis throws
 */
export async function checkAgain(
  report: Report,
  path: string,
  modelsDir: string,
  signal: AbortSignal,
): Promise<VerifyCheck> {
  const { sampling, maxFaces, flip } = report.settings
  const models = report.models.map(({ id }) => id)
  const detector = await openDetector({ modelsDir, models, threads: availableParallelism() })
  try {
    const decoder = report.media.decoder === 'webcodecs' ? 'bundled' : 'auto'
    const options = { sampling, maxFaces, flip, decoder, evidenceFrames: 0, signal } as const
    const again = await detector.analyze({ path }, options)
    const differences = compareReports(report, again.report)
    if (differences.length === 0) return holds('result', 'The analysis gives the same result again.')
    return fails('result', 'result_differs', 'The analysis gives another result.', [
      ...differences,
      ...reasonsFor(report, again.report),
    ])
  } finally {
    await detector.close()
  }
}

/** What differs in verdict and faces, one sentence each. */
function compareReports(then: Report, now: Report): string[] {
  const differences = compareVerdicts('The verdict', then.verdict, now.verdict)
  if (then.faces.length !== now.faces.length) {
    return [...differences, `There were ${then.faces.length} faces, and are ${now.faces.length} now.`]
  }
  for (const face of then.faces) {
    const same = now.faces.find(({ id }) => id === face.id)
    if (same === undefined) differences.push(`${face.id} is not found again.`)
    else {
      differences.push(...compareVerdicts(`The verdict of ${face.id}`, face.verdict, same.verdict))
      if (apart(face.scores.manipulated, same.scores.manipulated)) {
        differences.push(
          `The score of ${face.id} was ${face.scores.manipulated}, and is ${same.scores.manipulated}.`,
        )
      }
    }
  }
  return differences
}

function compareVerdicts(what: string, then: Verdict, now: Verdict): string[] {
  const differences: string[] = []
  if (then.band !== now.band) differences.push(`${what} was ${then.band}, and is ${now.band}.`)
  if (then.family !== now.family)
    differences.push(`The family of it was ${then.family}, and is ${now.family}.`)
  if (apart(then.probability, now.probability)) {
    differences.push(`The probability of it was ${then.probability}, and is ${now.probability}.`)
  }
  return differences
}

const apart = (a: number | null, b: number | null): boolean =>
  a === null || b === null ? a !== b : Math.abs(a - b) > TOLERANCE

/** What may lie behind a difference. */
function reasonsFor(then: Report, now: Report): string[] {
  const reasons: string[] = []
  if (then.version !== now.version) reasons.push(`Unswap ${then.version} made it; this is ${now.version}.`)
  for (const model of then.models) {
    const other = now.models.find(({ id }) => id === model.id)
    if (other && other.variant !== model.variant) {
      reasons.push(`${model.id} ran with ${model.variant} weights then, and with ${other.variant} ones here.`)
    }
  }
  if (then.media.decoder !== now.media.decoder) {
    reasons.push(`${then.media.decoder} decoded it then, and ${now.media.decoder} now.`)
  }
  if (reasons.length > 0) return reasons
  return [
    'Another processor, device or version of the decoder may round otherwise; or the report is not true.',
  ]
}
