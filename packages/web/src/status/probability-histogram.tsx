import { text } from '../text/text.ts'

const t = text.status

/** How many analyses got a probability in each tenth of the scale. */
export function ProbabilityHistogram({ counts }: { counts: readonly number[] }) {
  const most = Math.max(1, ...counts)
  return (
    <>
      <ol className="flex items-end gap-1">
        {counts.map((count, index) => (
          <li key={index} className="grid min-w-0 grow basis-0 justify-items-center text-xs">
            <span className="sr-only">{t.bin(index * 10, (index + 1) * 10)}</span>
            <span className="flex h-32 w-full flex-col justify-end text-center">
              <span className="tabular-nums">{count}</span>
              <span
                className="block w-full rounded-t bg-accent"
                style={{ height: `${(count / most) * 82}%` }}
              />
            </span>
          </li>
        ))}
      </ol>
      <div
        aria-hidden="true"
        className="flex justify-between border-t border-muted pt-1 text-xs text-muted tabular-nums"
      >
        {[0, 20, 40, 60, 80, 100].map((share) => (
          <span key={share}>{share} %</span>
        ))}
      </div>
      <p className="text-center text-sm text-muted">{t.probabilityAxis}</p>
    </>
  )
}
