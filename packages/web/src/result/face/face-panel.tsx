import type { AnalysisResource, Face } from '@unswap/contract'
import { FAMILIES } from '@unswap/contract/vocabulary'
import { decimal, faceNumber, percent } from '../../format.ts'
import { text } from '../../text/text.ts'
import { BandLabel } from '../../ui/band-label.tsx'
import { Meter } from '../../ui/meter.tsx'
import { isJudged } from './is-judged.ts'
import { MapView } from './map-view.tsx'

const t = text.result

/** One face: its manipulation map, verdict, scores by family, quality and movement. */
export function FacePanel({
  analysis,
  face,
  place,
  onPaper = false,
}: {
  analysis: AnalysisResource
  face: Face
  /** Among the other faces, on paper. */
  place: number
  /** For print alone, where all faces are shown and there are no tabs. */
  onPaper?: boolean
}) {
  const { verdict } = face
  const judged = isJudged(face)
  return (
    <div
      style={{ order: place }}
      {...(onPaper ? {} : { id: 'face-panel', role: 'tabpanel', 'aria-labelledby': `tab-${face.id}` })}
      className={`gap-5 ${onPaper ? 'mt-5 hidden print:grid' : 'grid'} md:grid-cols-2 print:grid-cols-[5cm_1fr] print:break-inside-avoid`}
    >
      <MapView key={face.id} analysis={analysis} face={face} lazy={onPaper} />
      <div className={`grid content-start gap-4 ${judged ? '' : 'max-md:order-first'}`}>
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="hidden font-semibold print:inline">{t.face(faceNumber(face.id))}</span>
          {judged ? <BandLabel band={verdict.band} /> : <strong>{t.notJudged}</strong>}
          {verdict.probability !== null && (
            <span className="tabular-nums">{percent(verdict.probability)}</span>
          )}
        </p>
        {verdict.reasons.length > 0 && (
          <ul className="ml-5 list-disc text-sm">
            {verdict.reasons.map((reason) => (
              <li key={reason.code}>{reason.message}</li>
            ))}
          </ul>
        )}
        {!judged && <p className="text-sm text-muted">{t.notJudgedNote}</p>}
        {judged && <Scores face={face} />}
        {judged && face.map && (
          <details>
            <summary className="cursor-pointer font-medium">{t.regions}</summary>
            <div className="mt-2 grid gap-2">
              {Object.entries(face.map.regions).map(([region, share]) => (
                <Meter key={region} label={region} value={share} shown={share.toFixed(2)} />
              ))}
            </div>
          </details>
        )}
        <details>
          <summary className="cursor-pointer font-medium">{t.quality}</summary>
          <dl className="mt-2 grid grid-cols-[1fr_auto] gap-x-4 text-sm">
            {Object.entries(t.qualityNames).map(([name, label]) => (
              <div key={name} className="contents">
                <dt>{label}</dt>
                <dd className="text-right tabular-nums">
                  {decimal(face.quality[name as keyof typeof t.qualityNames])}
                </dd>
              </div>
            ))}
          </dl>
        </details>
        {judged && face.temporal.length > 0 && <Temporal face={face} />}
      </div>
    </div>
  )
}

function Scores({ face }: { face: Face }) {
  const flagged = new Set(face.models.flatMap((model) => model.flagged))
  return (
    <div className="grid gap-2">
      <h3>{t.scores}</h3>
      <Meter
        label={t.manipulated}
        value={face.scores.manipulated}
        shown={face.scores.manipulated.toFixed(2)}
      />
      {FAMILIES.map((family) => (
        <Meter
          key={family}
          label={text.families[family]}
          value={face.scores[family]}
          shown={face.scores[family].toFixed(2)}
          colour={flagged.has(family) ? 'bg-manipulated' : 'bg-muted'}
        />
      ))}
      <p className="text-sm text-muted">{t.scoresNote}</p>
    </div>
  )
}

function Temporal({ face }: { face: Face }) {
  return (
    <details>
      <summary className="cursor-pointer font-medium">{t.temporal}</summary>
      <p className="mt-2 text-sm text-muted">{t.temporalNote}</p>
      <dl className="mt-2 grid gap-2 text-sm">
        {face.temporal.map((measure) => (
          <div key={`${measure.id} ${measure.model ?? ''}`}>
            <dt className="flex justify-between gap-3">
              <span>{measure.meaning}</span>
              <span className="whitespace-nowrap tabular-nums">
                {Number(measure.value.toPrecision(3))} {measure.unit}
              </span>
            </dt>
          </div>
        ))}
      </dl>
    </details>
  )
}
