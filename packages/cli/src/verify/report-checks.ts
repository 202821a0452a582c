import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Report, UnswapError } from '@unswap/contract'
import { compareModels, type SignatureState } from '@unswap/detector'
import Value from 'typebox/value'
import type { Finding } from '../exit-status.ts'

/** One thing that was looked at. `details` says what differs. */
export interface VerifyCheck {
  readonly of: 'signature' | 'report' | 'media' | 'models' | 'result'
  readonly state: 'holds' | 'fails' | 'not_checked'
  readonly code: Finding | null
  readonly message: string
  readonly details?: readonly string[]
}

export const holds = (of: VerifyCheck['of'], message: string): VerifyCheck => ({
  of,
  state: 'holds',
  code: null,
  message,
})
export const notChecked = (of: VerifyCheck['of'], message: string): VerifyCheck => ({
  of,
  state: 'not_checked',
  code: null,
  message,
})
export const fails = (
  of: VerifyCheck['of'],
  code: Finding,
  message: string,
  details: readonly string[] = [],
): VerifyCheck => ({ of, state: 'fails', code, message, ...(details.length > 0 && { details }) })

export function checkOfSignature(state: SignatureState, keyId: string | null, keys: number): VerifyCheck {
  if (state === 'valid') return holds('signature', `Signed with the key ${keyId}, and unaltered since.`)
  if (state === 'unsigned') return fails('signature', 'report_unsigned', 'The report has no signature.')
  if (state === 'invalid') {
    const message = 'The signature is not of this content: the report was altered, or signed by nobody.'
    return fails('signature', 'signature_invalid', message)
  }
  const advice =
    keys === 0 ? 'Name one that you trust with --key or --keys.' : 'None of those given is that one.'
  return fails('signature', 'key_unknown', `The report names the key ${keyId}. ${advice}`)
}

/** The parsed object as a report; null beside the check when it is none. */
export function checkReport(value: unknown): { report: Report | null; check: VerifyCheck } {
  if (Value.Check(Report, value)) {
    return { report: value, check: holds('report', `A report of Unswap ${value.version}.`) }
  }
  const [fault] = Value.Errors(Report, value)
  const where = `${fault?.instancePath || 'It'} ${fault?.message ?? 'is of another shape'}`
  return { report: null, check: fails('report', 'report_unreadable', `This is no report: ${where}.`) }
}

/** Whether the file has the bytes that were analysed. @throws UnswapError when it cannot be read */
export async function checkMedia({ media }: Report, path: string): Promise<VerifyCheck> {
  const sha256 = await hashFile(path)
  if (sha256 === media.sha256) return holds('media', `The media is the one analysed (sha256 ${sha256}).`)
  const message = `The media is another than the one analysed (sha256 ${sha256}, not ${media.sha256}).`
  return fails('media', 'media_differs', message)
}

export async function checkModels({ models }: Report, modelsDir: string): Promise<VerifyCheck> {
  const differences = await compareModels(modelsDir, models)
  if (differences.length === 0) return holds('models', 'Models and calibrations are those installed here.')
  return fails('models', 'models_differ', 'Other models or calibrations are installed here.', differences)
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const which = code === 'ENOENT' ? 'media_not_found' : 'media_unreadable'
    throw new UnswapError(which, `The media "${path}" cannot be read (${code}).`, { cause })
  }
  return hash.digest('hex')
}
