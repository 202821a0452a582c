import type { KeyObject } from 'node:crypto'
import { type Progress, toUnswapError } from '@unswap/contract'
import { type Detector, openDetector, signReport } from '@unswap/detector'
import { pMapIterable } from 'p-map'
import { cancelOnSignal } from '../cancel-on-signal.ts'
import { graver, type Outcome } from '../exit-status.ts'
import { loadSigningKey } from '../signing/key-file.ts'
import { complain, note } from '../terminal/notices.ts'
import { openOutput } from '../terminal/output.ts'
import { painter } from '../terminal/paint.ts'
import { printable } from '../terminal/printable.ts'
import { type Bar, openBar } from '../terminal/progress-bar.ts'
import { type AnalyzeFlags, analyzeOptions, detectorOptions, limitsOf, RAISED_BY } from './analyze-flags.ts'
import type { AnalyzeResult } from './analyze-result.ts'
import { expandInputs, type Input } from './expand-inputs.ts'
import { openSource } from './input-source.ts'
import { keepFiles } from './keep-files.ts'
import { openPrinter } from './result-printer.ts'

/**
 * `unswap analyze`: every input becomes a report or an error, printed in the order of the inputs.
 * @returns the gravest outcome of them all
 * @throws UnswapError when the detector cannot be opened or the key cannot be read
 */
export async function runAnalyze(args: readonly string[], flags: AnalyzeFlags): Promise<Outcome> {
  const cancel = cancelOnSignal()
  let readerGone = false
  const write = openOutput(process.stdout, () => {
    readerGone = true
    cancel.abort()
  })
  const { inputs, several } = await expandInputs(args)
  const printer = openPrinter(flags, several, write, painter(process.stdout, flags.color))
  const bar = openBar(process.stderr, !flags.quiet)
  const signKey = flags.signKey === undefined ? null : await loadSigningKey(flags.signKey)
  const detector = await openDetector(detectorOptions(flags))
  let outcome: Outcome = 'done'
  try {
    const overall = progressOver(inputs, bar)
    const analyze = (input: Input, index: number) =>
      analyzeOne(detector, input, {
        flags,
        index,
        several,
        signKey,
        signal: cancel.signal,
        onProgress: overall(index),
      })
    const results = pMapIterable(inputs, analyze, { concurrency: flags.concurrency, backpressure: Infinity })
    for await (const result of results) {
      if (!(readerGone && isCancelled(result))) outcome = graver(outcome, outcomeOf(result, flags))
      bar.clear()
      tell(result, flags)
      if (result.kind !== 'skipped' && !isCancelled(result)) await printer.print(result)
    }
  } finally {
    bar.stop()
    await printer.end()
    await detector.close()
  }
  return outcome
}

interface Work {
  readonly flags: AnalyzeFlags
  readonly index: number
  readonly several: boolean
  /** Signs the report; null for none. */
  readonly signKey: KeyObject | null
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress | 'done') => void
}

/** Analyses one input and writes the files asked for; whatever goes wrong is the result. */
async function analyzeOne(detector: Detector, input: Input, work: Work): Promise<AnalyzeResult> {
  const { path } = input
  try {
    work.signal.throwIfAborted()
    const source = await openSource(input, limitsOf(work.flags).bytes, work.signal)
    const options = { ...analyzeOptions(work.flags), signal: work.signal, onProgress: work.onProgress }
    const analysis = await detector.analyze(source, options)
    const report = work.signKey ? signReport(analysis.report, work.signKey, new Date()) : analysis.report
    const place = { path, index: work.index, several: work.several }
    const unsaved = await keepFiles({ ...analysis, report }, work.flags, place).then(
      () => null,
      toUnswapError,
    )
    return { kind: 'report', path, report, ...(unsaved && { unsaved }) }
  } catch (thrown) {
    const error = toUnswapError(thrown)
    const noMedia = error.code === 'media_unsupported' || error.code === 'media_empty'
    return { kind: input.found && noMedia ? 'skipped' : 'error', path, error }
  } finally {
    work.onProgress('done')
  }
}

function outcomeOf(result: AnalyzeResult, flags: AnalyzeFlags): Outcome {
  if (result.kind === 'skipped') return 'done'
  if (result.kind === 'error') return result.error.category
  if (result.unsaved) return result.unsaved.category
  return flags.failOn?.includes(result.report.verdict.band) ? 'verdict' : 'done'
}

const isCancelled = (result: AnalyzeResult) => result.kind === 'error' && result.error.code === 'cancelled'

/** Notes and errors, on stderr. Cancelled inputs are not told one by one: the user knows. */
function tell(result: AnalyzeResult, flags: AnalyzeFlags): void {
  if (flags.quiet || isCancelled(result)) return
  if (result.kind === 'report') {
    if (result.unsaved) complain(result.unsaved, { path: result.path })
  } else if (result.kind === 'skipped')
    note(`${printable(result.path)}: skipped: ${printable(result.error.message)}`)
  else complain(result.error, { path: result.path, option: RAISED_BY[result.error.code] })
}

/** Shares of all inputs, summed up into one bar. */
function progressOver(inputs: readonly Input[], bar: Bar) {
  const shares = inputs.map(() => 0)
  return (index: number) => (progress: Progress | 'done') => {
    shares[index] = progress === 'done' ? 1 : Math.max(shares[index]!, progress.share ?? 0)
    const done = shares.reduce((sum, share) => sum + share, 0) / inputs.length
    const frames = progress === 'done' || progress.frames < 2 ? '' : ` · ${progress.frames} frames`
    const which = inputs.length === 1 ? '' : `${index + 1}/${inputs.length} `
    bar.update(done, `${which}${printable(inputs[index]!.path)}${frames}`)
  }
}
