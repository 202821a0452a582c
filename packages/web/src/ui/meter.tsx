/** A labelled bar for a share of 0..1. */
export function Meter({
  label,
  value,
  shown,
  colour = 'bg-accent',
}: {
  label: string
  value: number
  shown: string
  colour?: string
}) {
  return (
    <div>
      <div className="flex justify-between gap-3 text-sm">
        <span>{label}</span>
        <span className="tabular-nums">{shown}</span>
      </div>
      <div aria-hidden="true" className="mt-1 h-2 overflow-hidden rounded-full bg-line">
        <div className={`h-full ${colour}`} style={{ width: `${value * 100}%` }} />
      </div>
    </div>
  )
}

/** How much is done, 0..1; null while that is not known. */
export function ProgressBar({ label, share }: { label: string; share: number | null }) {
  return (
    <progress
      aria-label={label}
      className="h-2 w-full accent-accent"
      {...(share === null ? {} : { value: share })}
      max={1}
    />
  )
}
