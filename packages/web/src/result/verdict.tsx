import type { AnalysisResource, Report } from '@unswap/contract'
import { percent } from '../format.ts'
import { text } from '../text.ts'
import { BAND_COLOUR, BandLabel, BandMark } from '../ui/band.tsx'

const t = text.result
const PRIOR_PERCENT = 50

/** The verdict in words first, then the probability, what it means, and what stands against more certainty. */
export function VerdictPanel({ analysis, report }: { analysis: AnalysisResource; report: Report }) {
  const { band, probability, interval, family, reasons } = report.verdict
  return (
    <section aria-labelledby="verdict" className="rounded-xl border border-line bg-paper p-4 sm:p-6">
      {analysis.override && (
        <p className="mb-3 border-b border-line pb-3">
          {t.override}: <BandLabel band={analysis.override} />
          <span className="block text-sm text-muted">{t.machine}:</span>
        </p>
      )}
      <h2 id="verdict" className={`flex items-center gap-3 text-3xl font-bold ${BAND_COLOUR[band]}`}>
        <BandMark band={band} />
        {text.bands[band]}
      </h2>
      <p className="mt-1 max-w-prose">
        {text.bandMeaning[band]}
        {family && band === 'likely_manipulated' && ` ${text.families[family]}.`}
      </p>
      {probability === null ? (
        <p className="mt-4 text-muted">{t.noProbability}</p>
      ) : (
        <div className="mt-4 max-w-prose">
          <p className="flex flex-wrap items-baseline justify-between gap-x-4">
            <span>{t.probability}</span>
            <span className="text-2xl font-semibold tabular-nums">{percent(probability)}</span>
          </p>
          <ProbabilityScale probability={probability} interval={interval} band={band} />
          <p className="mt-2 text-sm text-muted">
            {t.probabilityMeaning(Math.round(probability * 100), PRIOR_PERCENT)}{' '}
            {interval && t.interval(percent(interval[0]), percent(interval[1]))}
          </p>
        </div>
      )}
      {report.models.some((model) => model.calibration.status === 'provisional') && (
        <p className="mt-2 max-w-prose text-sm text-muted">{t.provisional}</p>
      )}
      <h3 className="mt-5">{t.reasons}</h3>
      {reasons.length === 0 ? (
        <p>{t.certain}</p>
      ) : (
        <ul className="ml-5 list-disc">
          {reasons.map((reason) => (
            <li key={`${reason.code}${reason.faceId ?? ''}`}>
              {reason.message}
              {reason.faceId && <span className="text-muted"> ({faceName(report, reason.faceId)})</span>}
            </li>
          ))}
        </ul>
      )}
      {report.notes.length > 0 && (
        <>
          <h3 className="mt-4">{t.notes}</h3>
          <ul className="ml-5 list-disc">
            {report.notes.map((note) => (
              <li key={note.code}>{note.message}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

const faceName = (report: Report, id: string): string =>
  t.face(report.faces.findIndex((face) => face.id === id) + 1)

function ProbabilityScale(props: {
  probability: number
  interval: readonly [number, number] | null
  band: Report['verdict']['band']
}) {
  const [low, high] = props.interval ?? [props.probability, props.probability]
  return (
    <svg
      viewBox="0 0 100 6"
      className="mt-2 w-full overflow-visible"
      aria-hidden="true"
      preserveAspectRatio="none"
      height="18"
    >
      <rect y="2" width="100" height="2" rx="1" fill="var(--line)" />
      <rect
        x={low * 100}
        y="1.500"
        width={Math.max(0.5, (high - low) * 100)}
        height="3"
        rx="1"
        fill="currentColor"
        opacity="0.35"
        className={BAND_COLOUR[props.band]}
      />
      <rect
        x={props.probability * 100 - 0.4}
        y="0"
        width="0.8"
        height="6"
        fill="currentColor"
        className={BAND_COLOUR[props.band]}
      />
    </svg>
  )
}
