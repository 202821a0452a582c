import { Link } from '@tanstack/react-router'
import type { AnalysisResource, Band, Report } from '@unswap/contract'
import type { ReactNode } from 'react'
import { faceNumber, frequency, percent } from '../../format.ts'
import { text } from '../../text/text.ts'
import { BAND_COLOUR, BAND_FILL, BandLabel, BandMark } from '../../ui/band-label.tsx'
import { DecidedBy } from './decided-by.tsx'
import { adviceFor, basisOf, doubtsOf } from './explain-verdict.ts'
import { calibrationOf } from './report-calibration.ts'

const t = text.result

/** The verdict in words, its probability and what that means, what the verdict rests on, and what limits it. */
export function VerdictPanel(props: {
  analysis: AnalysisResource
  report: Report
  /** The media: beside all of it, or on a narrow screen before what takes long to read. */
  children: ReactNode
}) {
  const { analysis, report } = props
  const { band, probability, interval } = report.verdict
  const shown = analysis.override ?? band
  const { prior, authentic, manipulated, falsePositiveRate } = calibrationOf(report)
  return (
    <section
      aria-labelledby="verdict"
      className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2 lg:grid-rows-[auto_1fr]"
    >
      <div
        className="verdict rounded-xl border border-l-8 border-line bg-paper p-4 sm:p-6"
        style={{ borderLeftColor: BAND_FILL[shown] }}
      >
        <h2
          id="verdict"
          className={`flex items-center gap-3 text-3xl font-bold sm:text-4xl ${BAND_COLOUR[shown]}`}
        >
          <BandMark band={shown} />
          {text.bands[shown]}
        </h2>
        {analysis.override && (
          <>
            <DecidedBy analysis={analysis} />
            <p className="mt-4 border-t border-line pt-4 text-lg">
              {t.machine}: <BandLabel band={band} />
            </p>
          </>
        )}
        <p className="mt-2 max-w-prose text-lg">{text.bandMeaning[band]}</p>
        {probability === null ? (
          <>
            <p className="mt-4 max-w-prose text-muted">{t.noProbability}</p>
            <h3 className="mt-4">{t.advice}</h3>
            <Sentences of={adviceFor(report)} />
          </>
        ) : (
          <div className="mt-4 max-w-prose">
            <p className="flex flex-wrap items-baseline justify-between gap-x-4">
              <span>{t.probability}</span>
              <span className="text-3xl font-semibold tabular-nums">{percent(probability)}</span>
            </p>
            <ProbabilityScale
              probability={probability}
              interval={interval}
              band={band}
              bounds={[authentic, manipulated]}
            />
            <p className="mt-2 text-sm text-pretty text-muted">
              {t.probabilityMeaning(frequency(probability), prior === null ? null : frequency(prior))}{' '}
              {interval && t.interval(percent(interval[0]), percent(interval[1]))}
            </p>
            {authentic !== null && manipulated !== null && (
              <p className="mt-2 text-sm text-pretty text-muted">
                {t.scaleBands(percent(authentic), percent(manipulated))}{' '}
                {falsePositiveRate !== null && t.scaleFalseAlarms(percent(falsePositiveRate))}
              </p>
            )}
          </div>
        )}
      </div>
      <div className="lg:col-start-2 lg:row-span-2 lg:row-start-1">{props.children}</div>
      <div className="verdict rounded-xl border border-line bg-paper p-4 sm:p-6">
        <h3>{t.basis}</h3>
        <Sentences of={basisOf(report)} />
        <h3 className="mt-4">{t.doubts}</h3>
        <Sentences of={doubtsOf(report)} />
        {report.notes.length > 0 && (
          <>
            <h3 className="mt-4">{t.notes}</h3>
            <Sentences
              of={report.notes.map(({ message, faceId }) =>
                faceId ? `${t.face(faceNumber(faceId))}: ${message}` : message,
              )}
            />
          </>
        )}
        <p className="no-print mt-4">
          <Link to="/help">{text.help.title}</Link>
        </p>
      </div>
    </section>
  )
}

function Sentences({ of }: { of: readonly string[] }) {
  return (
    <ul className="ml-5 max-w-prose list-disc">
      {of.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  )
}

/**
 * The probability on a line from 0 to 100 %, its interval as a thicker line. Where the bounds of the bands are known, the
 * line has the colours of the bands. All of it is also said in words.
 */
function ProbabilityScale(props: {
  probability: number
  interval: readonly [number, number] | null
  band: Band
  bounds: readonly [authentic: number | null, manipulated: number | null]
}) {
  const [authentic, manipulated] = props.bounds
  const [low, high] = props.interval ?? [props.probability, props.probability]
  const at = (share: number) => `${share * 100}%`
  const colour = BAND_FILL[props.band]
  const track =
    authentic === null || manipulated === null
      ? undefined
      : `linear-gradient(90deg, ${BAND_FILL.likely_authentic} ${at(authentic)}, ${BAND_FILL.inconclusive} 0 ${at(manipulated)}, ${BAND_FILL.likely_manipulated} 0)`
  return (
    <div aria-hidden="true" className="mt-2 text-xs text-muted tabular-nums">
      <div className="relative h-4">
        <div className="absolute top-1.5 h-1 w-full rounded-full bg-line" style={{ background: track }} />
        <div
          className="absolute top-1 h-2 min-w-1 rounded-full opacity-40"
          style={{ left: at(low), width: at(high - low), background: colour }}
        />
        <div
          className="absolute top-0 size-4 -translate-x-1/2 rounded-full border-2 border-paper"
          style={{ left: at(props.probability), background: colour }}
        />
      </div>
      {/* The first label begins where the line does, the last ends with it, the others are centred on their place. */}
      <div className="relative h-4">
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span
            key={share}
            className="absolute whitespace-nowrap"
            style={{ left: at(share), translate: share === 0 ? '0' : share === 1 ? '-100%' : '-50%' }}
          >
            {percent(share)}
          </span>
        ))}
      </div>
    </div>
  )
}
