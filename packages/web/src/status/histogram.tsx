/** How often each tenth of the probability scale was given. */
export function Histogram({ counts }: { counts: readonly number[] }) {
  const most = Math.max(1, ...counts)
  return (
    <ol className="flex items-end gap-1">
      {counts.map((count, index) => {
        const range = `${index * 10}–${(index + 1) * 10} %`
        return (
          <li key={range} className="grid grow justify-items-center text-xs">
            <span className="tabular-nums">{count}</span>
            <span className="flex h-28 w-full items-end">
              <span className="w-full rounded-t bg-accent" style={{ height: `${(count / most) * 100}%` }} />
            </span>
            <span className="hidden sm:inline">{range}</span>
            <span className="sm:hidden">{index * 10}</span>
          </li>
        )
      })}
    </ol>
  )
}
