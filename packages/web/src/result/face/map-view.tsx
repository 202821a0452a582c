import type { AnalysisResource, Face } from '@unswap/contract'
import { useId, useState } from 'react'
import { text } from '../../text/text.ts'
import { evidenceHref } from '../evidence-href.ts'
import { isJudged } from './is-judged.ts'

const t = text.result
const VIEWS = ['together', 'compare', 'original', 'map'] as const
type View = (typeof VIEWS)[number]

/** A face and its manipulation map: blended, split at a line that can be moved, or each alone. */
export function MapView({
  analysis,
  face,
  lazy,
}: {
  analysis: AnalysisResource
  face: Face
  /** Pictures are fetched when they come into view, or for print. */
  lazy: boolean
}) {
  const loading = lazy ? 'lazy' : 'eager'
  const id = useId()
  const crop = evidenceHref(analysis, 'crop', face.id)
  const map = isJudged(face) ? evidenceHref(analysis, 'overlay', face.id) : null
  const [view, setView] = useState<View>('together')
  const [opacity, setOpacity] = useState(0.6)
  const [line, setLine] = useState(0.5)
  if (!crop)
    return <div className="grid aspect-square place-items-center bg-ground text-muted">{t.noMedia}</div>
  const slider = {
    together: { label: t.opacity, value: opacity, set: setOpacity },
    compare: { label: t.line, value: line, set: setLine },
    original: null,
    map: null,
  }[view]
  return (
    <figure>
      <div className="relative aspect-square overflow-hidden rounded-lg bg-black">
        {view !== 'map' && (
          <img
            src={crop}
            alt={t.original}
            width="448"
            height="448"
            loading={loading}
            className="absolute size-full"
          />
        )}
        {view !== 'original' && map && (
          <img
            src={map}
            alt={t.map}
            loading={loading}
            width="448"
            height="448"
            className="absolute size-full"
            style={{
              opacity: view === 'together' ? opacity : 1,
              clipPath: view === 'compare' ? `inset(0 0 0 ${line * 100}%)` : 'none',
            }}
          />
        )}
        {view === 'compare' && (
          <div
            aria-hidden="true"
            className="absolute inset-y-0 w-1 -translate-x-1/2 bg-white ring-1 ring-black"
            style={{ left: `${line * 100}%` }}
          />
        )}
      </div>
      {map && (
        <figcaption className="mt-3 grid gap-2">
          <div className="no-print grid gap-2">
            <fieldset className="flex flex-wrap gap-x-4">
              <legend className="sr-only">{t.views}</legend>
              {VIEWS.map((each) => (
                <label key={each} className="flex min-h-8 items-center gap-1.5">
                  <input
                    type="radio"
                    name={id}
                    className="size-4"
                    checked={view === each}
                    onChange={() => setView(each)}
                  />
                  {t[each]}
                </label>
              ))}
            </fieldset>
            <label className={`flex items-center gap-3 text-sm ${slider ? '' : 'invisible'}`}>
              {slider?.label ?? t.opacity}
              <input
                type="range"
                min="0"
                max="1"
                step="0.05"
                value={slider?.value ?? 0}
                onChange={(event) => slider?.set(Number(event.target.value))}
                className="grow"
              />
            </label>
          </div>
          <div className="text-sm text-muted">
            <div aria-hidden="true" className="map-scale h-2 rounded-full" />
            <p className="flex justify-between gap-2">
              <span>{t.mapLow}</span>
              <span>{t.mapHigh}</span>
            </p>
            <p className="mt-1">
              {t.mapNote} {face.verdict.band === 'likely_authentic' && t.mapNoteAuthentic}
            </p>
          </div>
        </figcaption>
      )}
    </figure>
  )
}
