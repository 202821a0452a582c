import type { ServiceLimits } from '@unswap/contract'
import { ANALYSIS_DEFAULTS } from '@unswap/contract/analysis-defaults'
import { retentionHours } from '@unswap/contract/vocabulary'
import { useId } from 'react'
import type { UploadOptions } from '../api/upload.ts'
import { text } from '../text/text.ts'

const t = text.analyse

export function UploadOptionsForm(props: {
  value: UploadOptions
  onChange: (value: UploadOptions) => void
  limits: ServiceLimits | undefined
}) {
  const id = useId()
  const set = (part: Partial<UploadOptions>) => props.onChange({ ...props.value, ...part })
  const retention = props.limits?.retention
  return (
    <details className="rounded-xl border border-line bg-paper p-4">
      <summary className="cursor-pointer font-medium">{t.options}</summary>
      <div className="mt-3 grid gap-3 sm:grid-cols-2">
        <label htmlFor={`${id}-frames`} className="grid gap-1">
          {t.frames}
          <select
            id={`${id}-frames`}
            value={props.value.frames}
            onChange={(event) => set({ frames: event.target.value })}
          >
            <option value="">{ANALYSIS_DEFAULTS.frames}</option>
            <option value="8">8</option>
            <option value="100">100</option>
            <option value="300">300</option>
          </select>
          <span className="text-sm text-muted">{t.framesHint}</span>
        </label>
        <label htmlFor={`${id}-retention`} className="grid content-start gap-1">
          {t.retention}
          <select
            id={`${id}-retention`}
            value={props.value.retention || (retention?.default ?? '')}
            onChange={(event) => set({ retention: event.target.value })}
          >
            <option value="none">{t.retentionNone}</option>
            {[...new Set([1, 24, retentionHours(retention?.default ?? '') ?? 0])]
              .filter((hours) => hours > 0 && hours <= (retention?.longestHours ?? hours))
              .map((hours) => (
                <option key={hours} value={`hours:${hours}`}>
                  {t.retentionHours(hours)}
                </option>
              ))}
            {retention?.keep && <option value="keep">{t.retentionKeep}</option>}
          </select>
        </label>
        <label htmlFor={`${id}-tags`} className="grid gap-1">
          {t.tags}
          <input
            id={`${id}-tags`}
            value={props.value.tags}
            onChange={(event) => set({ tags: event.target.value })}
          />
          <span className="text-sm text-muted">{t.tagsHint}</span>
        </label>
        <label htmlFor={`${id}-fresh`} className="flex items-start gap-2">
          <input
            id={`${id}-fresh`}
            type="checkbox"
            className="mt-1 size-5"
            checked={props.value.fresh}
            onChange={(event) => set({ fresh: event.target.checked })}
          />
          {t.fresh}
        </label>
      </div>
    </details>
  )
}
