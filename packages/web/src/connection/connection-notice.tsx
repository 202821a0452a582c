import { useEffect, useState } from 'react'
import { text } from '../text/text.ts'
import { Button } from '../ui/button.tsx'
import { tryNow, useConnection } from './connection.ts'

/** One line on every page while the service does not answer. */
export function ConnectionNotice() {
  const { nextTry } = useConnection()
  return (
    <div role="status" className="no-print sticky top-0 z-40">
      {nextTry !== null && <Countdown key={nextTry} until={nextTry} />}
    </div>
  )
}

function Countdown({ until }: { until: number }) {
  const [left, setLeft] = useState(until - Date.now())
  useEffect(() => {
    const ticking = setInterval(() => setLeft(until - Date.now()), 1000)
    return () => clearInterval(ticking)
  }, [until])
  return (
    <div className="flex flex-wrap items-center justify-center gap-x-3 border-b-2 border-manipulated bg-paper px-3 py-1">
      <span>
        {text.connection.lost} {/* The seconds are not read out each time. */}
        <span aria-hidden="true" className="tabular-nums">
          {text.connection.next(Math.max(0, Math.ceil(left / 1000)))}
        </span>
      </span>
      <Button onClick={() => void tryNow()}>{text.connection.tryNow}</Button>
    </div>
  )
}
