// The whole service in a process of its own, which says how long its event loop stood still and what it computed.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { runTestService } from '../../packages/server/test/running/test-service.ts'

/** What one request cost: the longest stall of the event loop, and processor time. Milliseconds. */
export interface Cost {
  readonly stallMs: number
  readonly processorMs: number
}

const RESOLUTION_MS = 5
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delay.enable()

const running = await runTestService({
  listen: true,
  work: false,
  config: { access: { requestsPerMinute: 0, failuresPerMinute: 0 }, compat: { perSecond: 0 } },
})
const { authorization } = await running.key('analyze', 'read', 'feedback', 'admin')

let before = process.cpuUsage()
process.on('message', (order: 'begin' | 'end') => {
  if (order === 'begin') {
    delay.reset()
    before = process.cpuUsage()
    process.send!('begun')
    return
  }
  // A stall is measured when the loop turns again; the order to end comes in the same turn.
  setTimeout(() => {
    const { user, system } = process.cpuUsage(before)
    const stallMs = Math.max(0, delay.max / 1e6 - RESOLUTION_MS)
    process.send!({ stallMs, processorMs: (user + system) / 1000 } satisfies Cost)
  }, 2 * RESOLUTION_MS)
})
process.on('disconnect', () => void running.close().finally(() => process.exit()))
process.send!({ url: running.url, authorization })
