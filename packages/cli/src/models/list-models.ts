import type { Outcome } from '../exit-status.ts'
import { describeTrial, type ProvenModel, proveModels } from './prove-models.ts'

/** `unswap models`: a block of lines for each classifier, or JSON. The outcome is `setup` when a self-test fails. */
export async function listModels(flags: { modelsDir: string; json?: true }): Promise<Outcome> {
  const proven = await proveModels(flags.modelsDir)
  const text = flags.json
    ? `${JSON.stringify(proven.map(asJson), null, 2)}\n`
    : proven.map((model) => `${asText(model)}\n`).join('\n')
  process.stdout.write(text)
  return proven.every(({ result }) => result.held) ? 'done' : 'setup'
}

function asJson({ manifest, calibration, result }: ProvenModel) {
  const { id, description, families, thresholds, licence, training } = manifest
  const use = result.held
    ? { variant: result.trial.variant, precise: result.trial.precise, sha256: result.sha256 }
    : { variant: null, precise: null, sha256: null }
  const selfTest = result.held
    ? { held: true, worstLogitError: result.trial.error.logit, tolerance: result.trial.tolerance }
    : { held: false, error: { code: result.error.code, message: result.error.message } }
  return { id, description, ...use, selfTest, families, thresholds, calibration, licence, training }
}

function asText({ manifest, calibration, result }: ProvenModel): string {
  const thresholds = Object.entries(manifest.thresholds).map(([output, logit]) => `${output} ${logit}`)
  const rows: Array<[name: string, text: string]> = [
    ['in use', result.held ? describeTrial(result.trial) : 'not used'],
    ['self-test', selfTest(result)],
    ['families', manifest.families.join(', ')],
    ['thresholds', thresholds.length === 0 ? 'none' : `${thresholds.join(', ')} (logits)`],
    ['calibration', calibration],
    ['sha256', result.held ? result.sha256 : '-'],
    ['licence', `${manifest.licence.name}; ${manifest.licence.source}`],
  ]
  return [
    `${manifest.id}: ${manifest.description}`,
    ...rows.map(([name, text]) => `  ${name.padEnd(13)}${text}`),
  ].join('\n')
}

function selfTest(result: ProvenModel['result']): string {
  if (!result.held) return `failed: ${result.error.message} [${result.error.code}]`
  const { error, tolerance } = result.trial
  return `passed: golden logits within ${error.logit.toFixed(3)}, ${tolerance} allowed`
}
