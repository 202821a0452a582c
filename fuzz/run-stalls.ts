// npm run fuzz:stalls: requests that are large in one way; none may keep the event loop busy for long.
import { mkdir, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { measureStalls } from './api/measure-stalls.ts'

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    bytes: { type: 'string', default: '8000000' },
    milliseconds: { type: 'string', default: '50' },
  },
})
const most = Number(values.milliseconds)
const options = { requests: Number(values.requests), seed: Number(values.seed), bytes: Number(values.bytes) }
const tally = await measureStalls({ ...options, againMs: most })
const result = `${JSON.stringify({ ...options, ...tally }, null, 2)}\n`
await mkdir(new URL('../bench/results/', import.meta.url), { recursive: true })
await writeFile(new URL('../bench/results/stalls.json', import.meta.url), result)
console.log(result)
process.exitCode = tally.worst.every(({ ownMs }) => ownMs <= most) ? 0 : 1
