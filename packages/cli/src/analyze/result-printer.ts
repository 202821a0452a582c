import { BANDS, type Band } from '@unswap/contract'
import { describeReport, reportToJson, type SummaryLine } from '@unswap/detector'
import type { Write } from '../terminal/output.ts'
import type { Paint, Style } from '../terminal/paint.ts'
import { printable } from '../terminal/printable.ts'
import type { AnalyzeFlags } from './analyze-flags.ts'
import type { AnalyzeResult } from './analyze-result.ts'

type Printed = Exclude<AnalyzeResult, { kind: 'skipped' }>

/** Prints results one by one, in one of the shapes of output, and what has to stand around them. */
export interface Printer {
  print(result: Printed): Promise<void>
  end(): Promise<void>
}

/** The printer that the flags ask for. `several` decides between a report and an array of them. */
export function openPrinter(flags: AnalyzeFlags, several: boolean, write: Write, paint: Paint): Printer {
  if (flags.jsonl) return jsonLines(write)
  if (flags.json) return several ? jsonArray(write) : jsonReport(write)
  return humanText(write, paint, several)
}

/** A report says nothing of names, so that the same media gives the same report; the path is added here. */
function entry(result: Printed): object {
  if (result.kind === 'report') return { path: result.path, ...JSON.parse(reportToJson(result.report, 0)) }
  const { code, message, retryable } = result.error
  return { path: result.path, error: { code, message, retryable } }
}

const nothing = () => Promise.resolve()

function jsonLines(write: Write): Printer {
  return { print: (result) => write(`${JSON.stringify(entry(result))}\n`), end: nothing }
}

function jsonReport(write: Write): Printer {
  return {
    print: (result) =>
      write(
        result.kind === 'report'
          ? reportToJson(result.report)
          : `${JSON.stringify(entry(result), null, 2)}\n`,
      ),
    end: nothing,
  }
}

function jsonArray(write: Write): Printer {
  let first = true
  return {
    async print(result) {
      await write(`${first ? '[\n' : ',\n'}${JSON.stringify(entry(result), null, 2)}`)
      first = false
    },
    end: () => write(first ? '[]\n' : '\n]\n'),
  }
}

const BAND_STYLE: Record<Band, Style> = {
  likely_manipulated: 'red',
  inconclusive: 'yellow',
  likely_authentic: 'green',
}

/** How each kind of line looks: what stands before it, and its style. */
const ROLE: Record<SummaryLine['role'], { readonly lead: string; readonly style: Style | null }> = {
  verdict: { lead: '  ', style: 'bold' },
  probability: { lead: '  ', style: 'bold' },
  caution: { lead: '  ', style: 'dim' },
  media: { lead: '  ', style: 'dim' },
  basis: { lead: '  - ', style: null },
  doubt: { lead: '  ? ', style: 'yellow' },
  face: { lead: '  ', style: null },
  note: { lead: '  ', style: 'dim' },
}

/** Reports as sentences, and for several files how many came out how; errors are told on stderr by the caller. */
function humanText(write: Write, paint: Paint, several: boolean): Printer {
  const bands: Band[] = []
  let failed = 0
  const coloured = ({ role, band, text }: SummaryLine) => {
    const { lead, style } = ROLE[role]
    const inRole = style === null ? text : paint(style, text)
    return `${lead}${band === null ? inRole : paint(BAND_STYLE[band], inRole)}`
  }
  return {
    async print(result) {
      if (result.kind === 'error') {
        failed++
        return
      }
      bands.push(result.report.verdict.band)
      const lines = describeReport(result.report).map(coloured)
      await write(`${[paint('bold', printable(result.path)), ...lines, ''].join('\n')}\n`)
    },
    end: () => (several ? write(`${tally(bands, failed)}\n`) : nothing()),
  }
}

/** `3 analysed: 1 likely manipulated, 2 likely authentic. 1 could not be analysed.` */
function tally(bands: readonly Band[], failed: number): string {
  const counts = BANDS.flatMap((band) => {
    const count = bands.filter((one) => one === band).length
    return count > 0 ? [`${count} ${band.replaceAll('_', ' ')}`] : []
  })
  const rest = failed > 0 ? ` ${failed} could not be analysed.` : ''
  return `${[`${bands.length} analysed`, ...(counts.length ? [counts.join(', ')] : [])].join(': ')}.${rest}`
}
