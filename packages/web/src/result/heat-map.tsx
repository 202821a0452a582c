import type { AnalysisResource, Face } from '@unswap/contract'
import { useId, useState } from 'react'
import { text } from '../text.ts'
import { evidenceOf } from './evidence.ts'

const t = text.result
const VIEWS = ['original', 'map', 'together'] as const
type View = (typeof VIEWS)[number]

/** The face, the manipulation map, or the one over the other as strongly as wished. */
export function HeatMap({ analysis, face }: { analysis: AnalysisResource; face: Face }) {
  const id = useId()
  const crop = evidenceOf(analysis, 'crop', face.id)
  const map = evidenceOf(analysis, 'overlay', face.id)
  const [view, setView] = useState<View>('together')
  const [opacity, setOpacity] = useState(0.6)
  if (!crop)
    return <div className="grid aspect-square place-items-center bg-ground text-muted">{t.noMedia}</div>
  return (
    <figure>
      <div className="relative aspect-square overflow-hidden rounded-lg bg-black">
        {view !== 'map' && (
          <img src={crop} alt={t.original} width="448" height="448" className="absolute size-full" />
        )}
        {view !== 'original' && map && (
          <img
            src={map}
            alt={t.map}
            width="448"
            height="448"
            className="absolute size-full"
            style={{ opacity: view === 'map' ? 1 : opacity }}
          />
        )}
      </div>
      {map && (
        <figcaption className="no-print mt-3 grid gap-2">
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
          <label className="flex items-center gap-3 text-sm">
            {t.opacity}
            <input
              type="range"
              min="0"
              max="1"
              step="0.05"
              value={opacity}
              disabled={view !== 'together'}
              onChange={(event) => setOpacity(Number(event.target.value))}
              className="grow"
            />
          </label>
          <p className="text-sm text-muted">{t.mapNote}</p>
        </figcaption>
      )}
    </figure>
  )
}
