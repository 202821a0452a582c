// The service as `main.ts` runs it, for tests that break it: its clock can be set, and it dies, or its analysing process
// does, at the very log line that it is told. With STAND_IN=1 no models are loaded.
import { writeSync } from 'node:fs'
import { runService } from '../../src/boot/run-service.ts'

/** What a test tells the service. */
export type Order =
  | { readonly type: 'kill'; readonly victim: Victim; readonly afterLines: number }
  | { readonly type: 'clock'; readonly aheadMs: number }

/** Which process dies. */
export type Victim = 'service' | 'analysing process'

const realNow = Date.now
let aheadMs = 0
Date.now = () => realNow() + aheadMs

let left = Number.POSITIVE_INFINITY
let victim: Victim = 'service'
const analysing = new Set<number>()

process.on('message', (order: Order) => {
  if (order.type === 'clock') aheadMs = order.aheadMs
  else [left, victim] = [order.afterLines, order.victim]
  process.send!(order.type)
})
process.on('disconnect', () => process.exit())

const destination = {
  write(line: string) {
    writeSync(1, line)
    const { msg, pid } = JSON.parse(line) as { msg?: string; pid?: number }
    if (msg === 'analysing process ready') analysing.add(pid!)
    if (msg === 'analysing process ended') analysing.delete(pid!)
    if (--left !== 0) return
    for (const one of victim === 'service' ? [process.pid] : analysing) process.kill(one, 'SIGKILL')
  },
}
const standIn = new URL('../running/stand-in-analyzer.ts', import.meta.url)
await runService(process.env.STAND_IN === '1' ? { analyzer: standIn, destination } : { destination })
