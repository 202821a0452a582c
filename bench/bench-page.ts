// npm run bench:page: what the first page weighs and how soon it can be used, from the browser's own timing.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { median } from 'simple-statistics'
import { openBrowser } from '../packages/web/test/browser.ts'
import { startService } from '../packages/web/test/service.ts'
import { describeMachine } from './describe-machine.ts'

const RUNS = 7
const TARGETS = { scriptKB: 200, usableMs: 1000 }
const RESULT = fileURLToPath(new URL('results/page.json', import.meta.url))

const service = await startService()
const browser = await openBrowser()
const usable: number[] = []
const painted: number[] = []
let scriptBytes = 0
for (let run = 0; run < RUNS; run++) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const scripts: Promise<Buffer>[] = []
  page.on('response', (answer) => {
    if (answer.request().resourceType() === 'script') scripts.push(answer.body())
  })
  await page.goto(`${service.address}/`)
  await page.getByRole('button', { name: 'Choose files' }).waitFor()
  const [now, paint] = (await page.evaluate(
    "[performance.now(), performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0]",
  )) as [number, number]
  usable.push(now)
  painted.push(paint)
  scriptBytes = (await Promise.all(scripts)).reduce((sum, body) => sum + gzipSync(body).length, 0)
  await context.close()
}
await browser.close()
await service.stop()

const result = {
  machine: describeMachine(),
  targets: TARGETS,
  scriptKB: Math.round(scriptBytes / 102.4) / 10,
  firstPaintMs: Math.round(median(painted)),
  usableMs: Math.round(median(usable)),
}
writeFileSync(RESULT, `${JSON.stringify(result, null, 2)}\n`)
console.log(`scripts, compressed: ${result.scriptKB} KB (target: under ${TARGETS.scriptKB})`)
console.log(
  `first paint: ${result.firstPaintMs} ms; usable: ${result.usableMs} ms (target: under ${TARGETS.usableMs}), medians of ${RUNS}`,
)
