import { Link } from '@tanstack/react-router'
import type { AnalysisSummary } from '@unswap/contract'
import { bytes, percent, when } from '../format.ts'
import { text } from '../text/text.ts'
import { BandLabel } from '../ui/band-label.tsx'

const t = text.history

export function AnalysisRow({
  item,
  selected,
  onToggle,
}: {
  item: AnalysisSummary
  selected: boolean
  /** `range` when Shift was held. */
  onToggle: (range: boolean) => void
}) {
  const name = item.name ?? t.unnamed
  const facts = [
    item.kind && text.media[item.kind],
    bytes(item.bytes),
    when(item.createdAt),
    ...item.tags.map((tag) => `#${tag}`),
  ]
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-line bg-paper p-2">
      <input
        type="checkbox"
        className="no-print size-5 shrink-0"
        checked={selected}
        onChange={({ nativeEvent }) => onToggle((nativeEvent as MouseEvent).shiftKey)}
        aria-label={t.select(name)}
      />
      <span className="size-14 shrink-0 overflow-hidden rounded bg-ground">
        {item.thumbnail && (
          <img
            src={item.thumbnail}
            alt=""
            width="56"
            height="56"
            loading="lazy"
            className="size-full object-cover"
          />
        )}
      </span>
      <span className="min-w-0 grow basis-40">
        <Link to="/analyses/$id" params={{ id: item.id }} className="block truncate font-medium">
          {name}
        </Link>
        <span className="block text-sm wrap-anywhere text-muted sm:truncate">
          {facts.filter(Boolean).join(' · ')}
        </span>
      </span>
      <span className="ml-auto flex shrink-0 gap-2 text-sm sm:grid sm:justify-items-end sm:gap-0">
        {item.verdict ? (
          <>
            <BandLabel band={item.override ?? item.verdict.band} />
            <span className="tabular-nums">
              {item.override
                ? text.result.override
                : item.verdict.probability !== null && percent(item.verdict.probability)}
            </span>
          </>
        ) : (
          text.states[item.state]
        )}
      </span>
    </li>
  )
}
