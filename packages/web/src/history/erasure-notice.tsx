import { useEffect, useEffectEvent, useState } from 'react'
import { eraseAnalyses, useErase } from '../api/erase-analyses.ts'
import { text } from '../text/text.ts'
import { Button } from '../ui/button.tsx'
import { Failure } from '../ui/notice.tsx'
import { type PendingErasure, setPendingErasure, usePendingErasure } from './pending-erasure.ts'

/** Says on every page what is about to be erased, and erases it when its time has come. */
export function ErasureNotice() {
  const pending = usePendingErasure()
  return pending && <Countdown key={pending.at} {...pending} />
}

function Countdown({ ids, at }: PendingErasure) {
  const t = text.history
  const [left, setLeft] = useState(at - Date.now())
  const erase = useErase(() => setPendingErasure(null))
  const go = () => erase.mutate(ids)
  const end = useEffectEvent(go)
  useEffect(() => {
    const ticking = setInterval(() => setLeft(at - Date.now()), 1000)
    const ending = setTimeout(() => end(), at - Date.now())
    return () => {
      clearInterval(ticking)
      clearTimeout(ending)
    }
  }, [at])
  useEffect(() => {
    // Whoever leaves has not taken it back.
    const leave = () => void eraseAnalyses(ids).catch(() => {})
    window.addEventListener('pagehide', leave)
    return () => window.removeEventListener('pagehide', leave)
  }, [ids])
  return (
    <section
      aria-label={t.erasing(ids.length)}
      className="no-print flex flex-wrap items-center gap-2 rounded-lg border border-line border-l-4 border-l-manipulated bg-paper p-3 shadow-lg"
    >
      {erase.error ? <Failure error={erase.error} retry={go} /> : null}
      <p role="status" className="grow basis-60">
        {t.erasing(ids.length)}
        {/* The seconds are not read out each time. */}
        <span aria-hidden="true" className="block text-sm text-muted tabular-nums">
          {t.erasingIn(Math.max(0, Math.ceil(left / 1000)))}
        </span>
      </p>
      <Button look="primary" disabled={erase.isPending} onClick={() => setPendingErasure(null)}>
        {t.undo}
      </Button>
      <Button disabled={erase.isPending} onClick={go}>
        {t.eraseNow}
      </Button>
    </section>
  )
}
