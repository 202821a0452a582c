// npm run bench:capacity: writes docs/capacity.md from bench/results/{analyze,serve,store}.json and a queue simulation.
// Run the benchmarks first, on an idle machine of the kind that will do the work.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { REFERENCE_CROP } from '../packages/detector/src/faces/reference-crop.ts'
import { BUSIEST, serversFor } from './queue-simulation.ts'

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`results/${name}.json`, import.meta.url), 'utf8'))
const [analyze, serve, store] = [read('analyze'), read('serve'), read('store')]
const PAGE = fileURLToPath(new URL('../docs/capacity.md', import.meta.url))

/** Length of the clip that `bench/bench-analyze.ts` makes. */
const CLIP_SECONDS = 10
const CROP_BYTES = 3 * REFERENCE_CROP.size ** 2 * 4
/** Assumptions, told on the page. */
const VIDEO_SHARE = 0.05
const PATIENCE_SECONDS = 1
const MEDIA_BYTES = { photograph: 500e3, clip: 5e6 }

const photograph = serve.pictures.processorMs / 1000
const service = photograph - analyze.photograph.processorMs / 1000
const clip = analyze.clip.processorMs / 1000 + Math.max(0, service)
const mean = (1 - VIDEO_SHARE) * photograph + VIDEO_SHARE * clip
const bytes = (1 - VIDEO_SHARE) * MEDIA_BYTES.photograph + VIDEO_SHARE * MEDIA_BYTES.clip
const draw = (random: () => number) => (random() < VIDEO_SHARE ? clip : photograph)

const rows = [1, 100, 10_000].map((rate) => {
  const { servers, waits } = serversFor({ rate, service: draw }, mean, PATIENCE_SECONDS)
  const busy = (rate * mean) / servers
  const database = rate / store.jobsPerSecond
  const network = (rate * bytes * 8 * 2) / 1e9
  return { rate, servers, waits, busy, database, network }
})

const number = (value: number, digits = 2) =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(digits)))
const percent = (share: number) => `${number(100 * share)} %`
const machineOf = ({ machine }: typeof analyze) =>
  `${machine.processor}, ${machine.threads} threads, ${machine.vnni ? 'with' : 'without'} VNNI, load ${machine.loadBefore} before it began`

function bottleneck({ servers, database, network, rate }: (typeof rows)[number]): string {
  const parts = [`processors: ${number(servers)} cores`]
  if (database > 0.5) {
    parts.push(`PostgreSQL: ${number(database)} times what one measured here does`)
  }
  if (network > 1) parts.push(`media: ${number(network)} Gbit/s in and out of the object store`)
  return rate >= 10_000 ? `${parts.slice(1).join('; ')}, before ${parts[0]}` : parts.join('; ')
}

writeFileSync(
  PAGE,
  `# Capacity

Written by \`npm run bench:capacity\` from \`bench/results/\`; do not edit. The figures are those of one machine, and some were
measured while it had other work: processor time, which all of the arithmetic uses, changes least by that.

## What one analysis costs

| | Processor time | Wall time alone |
| --- | --- | --- |
| a photograph with one face, detector alone | ${number(analyze.photograph.processorMs)} ms | ${number(analyze.photograph.totalMs)} ms |
| the same through the whole service, report alone | ${number(serve.nothingKept.processorMs)} ms | |
| the same with its pictures kept | ${number(serve.pictures.processorMs)} ms | |
| ten seconds of 720p, 32 frames, one face, detector alone | ${number(analyze.clip.processorMs / 1000)} s | ${number(analyze.clip.totalMs / 1000)} s |
| one minute of such video with frames as dense (192) | ${number((analyze.clip.processorMs / 1000) * (60 / CLIP_SECONDS))} s | |
| one job in PostgreSQL, in, out and ended | | ${number(store.jobsPerSecond)} jobs a second from ${store.clients} clients |

The default looks at 32 frames whatever the length of a video: a longer one costs more decoding, not more faces. Where faces
are in too few of them to be judged, up to 192 more are looked at, and such a video costs up to seven times as much.

- Detector: ${machineOf(analyze)}. Service: ${machineOf(serve)}. PostgreSQL: ${machineOf(store)}, commits on the disk.
- Memory of one worker: ${number(serve.loadedMB)} MB after the load; of an idle service ${number(serve.idleMB)} MB.

## What a core and a GPU give

- **One core**: ${number(1 / photograph)} photographs a second through the whole service, or ${number(CLIP_SECONDS / clip)} seconds of video a second at
  32 frames in ten seconds. Classifiers alone: ${number(1000 / (analyze.photograph.floorMs / analyze.photograph.crops))} crops a second on the machine of the detector.
- **One GPU**: not measured, so no figure is given. What can be said: with [an inference server](inference-server.md) each
  crop is ${number(CROP_BYTES / 1000)} kB on the wire, so that 10 Gbit/s carry at most ${number(10e9 / 8 / CROP_BYTES)} crops a second, while decoding
  and finding faces stay on processors: ${percent(1 - analyze.photograph.stagesMs.scoring / analyze.photograph.totalMs)} of the wall time of a photograph in the detector is not scoring.

## How it grows

Workers share nothing but the queue, the database and the store, so that cores add up until one of those is full. A queue
simulation (\`bench/queue-simulation.ts\`, held against Erlang C by a test) says how many cores keep the wait of 95 in 100 below
${PATIENCE_SECONDS} s and are at work at most ${percent(BUSIEST)} of the time. Assumed: arrivals by chance (Poisson), each core does one analysis at a
time, ${percent(VIDEO_SHARE)} of media are such clips and the rest photographs, ${MEDIA_BYTES.photograph / 1e3} kB a photograph and ${MEDIA_BYTES.clip / 1e6} MB a clip, each stored once and read
once; the pictures of the evidence, which are kept beside them, are not counted. No core was seen to run more slowly beside
others; on real machines memory bandwidth takes its share.

| Analyses a second | Cores | Busy | Wait, mean | Wait, 95 in 100 | PostgreSQL, of one | Media, in and out |
| --- | --- | --- | --- | --- | --- | --- |
${rows
  .map(
    ({ rate, servers, waits, busy, database, network }) =>
      `| ${number(rate)} | ${number(servers)} | ${percent(busy)} | ${number(waits.meanSeconds)} s | ${number(waits.p95Seconds)} s | ${percent(database)} | ${number(network)} Gbit/s |`,
  )
  .join('\n')}

## Where it ends first

${rows.map((row) => `- **${number(row.rate)} a second**: ${bottleneck(row)}.`).join('\n')}

At the first size one machine does. At the second, KEDA (\`deploy/kubernetes/\`) adds workers by the age of the queue, and two
APIs are enough for the requests but not for the spooling of uploads: give each its own disk. At the third, one database
for all jobs is the end of this design, and it is cheaper to run several installations side by side, each with its own
database, and to spread callers over them by key, than to make one larger.
`,
)
console.log(`written: ${PAGE}`)
