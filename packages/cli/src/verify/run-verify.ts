import { readFile } from 'node:fs/promises'
import { type Report, type Signature, UnswapError } from '@unswap/contract'
import { checkSignature, parseSigned } from '@unswap/detector'
import { cancelOnSignal } from '../cancel-on-signal.ts'
import { EXIT, type Finding, type Outcome } from '../exit-status.ts'
import { printable } from '../terminal/printable.ts'
import { checkAgain } from './analyze-again.ts'
import {
  checkMedia,
  checkModels,
  checkOfSignature,
  checkReport,
  fails,
  notChecked,
  type VerifyCheck,
} from './report-checks.ts'
import { trustedKeys } from './trusted-keys.ts'

/** Flags of `unswap verify`, as commander hands them over. */
export interface VerifyFlags {
  readonly key?: string[]
  readonly keys?: string
  readonly again?: true
  readonly modelsDir: string
  readonly json?: true
}

/**
 * `unswap verify`: checks a report against keys, media, models and, with `--again`, a new analysis.
 * @returns `done`, or the first finding in the order of their exit statuses
 * @throws UnswapError when something that was asked for cannot be checked at all
 */
export async function runVerify(file: string, media: string | null, flags: VerifyFlags): Promise<Outcome> {
  if (flags.again && media === null) {
    throw new UnswapError(
      'bad_option',
      '--again needs the media: unswap verify report.json photo.jpg --again',
    )
  }
  const { checks, signature } = await check(file, media, flags)
  const found = checks.flatMap(({ code }) => (code === null ? [] : [code]))
  const outcome: Finding | 'done' = found.toSorted((a, b) => EXIT[a] - EXIT[b])[0] ?? 'done'
  if (flags.json) {
    const { value: _, ...by } = signature ?? {}
    print(JSON.stringify({ outcome, signature: signature && by, checks }, null, 2))
  } else for (const line of describe(checks)) print(line)
  return outcome
}

interface Checked {
  readonly checks: readonly VerifyCheck[]
  readonly signature: Signature | null
}

async function check(file: string, media: string | null, flags: VerifyFlags): Promise<Checked> {
  const keys = await trustedKeys(flags.key ?? [], flags.keys)
  const text = await readReport(file)
  let value: Readonly<Record<string, unknown>>
  try {
    value = reportIn(parseSigned(text))
  } catch (thrown) {
    if (!(thrown instanceof UnswapError)) throw thrown
    return { checks: [fails('report', 'report_unreadable', thrown.message)], signature: null }
  }
  const claimed = value.signature as Partial<Signature> | null | undefined
  const keyId = typeof claimed?.keyId === 'string' ? claimed.keyId : null
  const signed = checkOfSignature(checkSignature(value, keys), keyId, keys.length)
  const { report, check: readable } = checkReport(value)
  if (report === null) return { checks: [signed, readable], signature: null }
  return {
    checks: [signed, readable, ...(await checkContent(report, media, flags))],
    signature: report.signature ?? null,
  }
}

async function checkContent(
  report: Report,
  path: string | null,
  { again, modelsDir }: VerifyFlags,
): Promise<VerifyCheck[]> {
  const models = await checkModels(report, modelsDir)
  if (path === null) return [notChecked('media', 'No media was given.'), models, notAgain]
  const media = await checkMedia(report, path)
  if (!again) return [media, models, notAgain]
  if (media.state === 'fails') {
    return [media, models, notChecked('result', 'Not analysed again: the media is another.')]
  }
  return [media, models, await checkAgain(report, path, modelsDir, cancelOnSignal().signal)]
}

const notAgain = notChecked('result', 'Not analysed again: --again does.')

/** The report itself, out of an analysis of the service or a line of `--jsonl`; a path is no part of it. */
function reportIn(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { path: _, ...own } = value
  const inner = value.report
  return value.schema === undefined && typeof inner === 'object' && inner !== null
    ? (inner as Readonly<Record<string, unknown>>)
    : own
}

async function readReport(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const sentence =
      code === 'ENOENT' ? `There is no report "${file}".` : `The report ${file} cannot be read (${code}).`
    throw new UnswapError('bad_option', sentence, { cause })
  }
}

const MARK: Record<VerifyCheck['state'], string> = { holds: 'ok  ', fails: 'FAIL', not_checked: '-   ' }

const describe = (checks: readonly VerifyCheck[]): string[] =>
  checks.flatMap(({ of, state, message, details = [] }) =>
    [`${MARK[state]} ${of}: ${message}`, ...details.map((detail) => `       ${detail}`)].map(printable),
  )

const print = (text: string) => void process.stdout.write(`${text}\n`)
