// npm run bench:history: writes docs/performance.md and its plot from bench/results/*.json, today's and those of every
// commit that changed them.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Course, plotCourses } from './plot-courses.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Requests a second of the FastAPI service that Unswap replaces: the same 256-pixel photographs, 8 at a time, two cores. */
const PREDECESSOR_PER_SECOND = 0.7

interface Results {
  readonly analyze: {
    readonly machine: Machine
    readonly photograph: Timed
    readonly clip: Timed
    readonly memoryMB: Record<'photograph' | 'clip', { readonly together: number } | null>
  }
  readonly serve: {
    readonly machine: Machine
    readonly idleMB: number
    readonly nothingKept: Served
    readonly pictures: Served
  }
  readonly preprocess: { readonly machine: Machine; readonly whole: { readonly facesPerSecond: number } }
  readonly page: { readonly machine: Machine } & Record<string, unknown>
}
type Name = keyof Results
type Machine = Record<'processor' | 'threads' | 'vnni' | 'loadBefore', string | number | boolean>
type Timed = Record<'totalMs' | 'floorMs' | 'timesFloor', number>
type Served = Record<'requestsPerSecond' | 'p95Seconds' | 'shareOfFloor' | 'processorMs', number>

const pathOf = (name: Name) => `bench/results/${name}.json`
const now = <N extends Name>(name: N): Results[N] =>
  JSON.parse(readFileSync(new URL(`results/${name}.json`, import.meta.url), 'utf8'))
const git = (...words: string[]) => execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' })

const commitsOf = (path: string) =>
  git('log', '--reverse', '--format=%h', '--', path).trim().split('\n').filter(Boolean)

/** A figure in every commit that changed its file, oldest first. */
function courseOf<N extends Name>(title: string, name: N, figure: (results: Results[N]) => number): Course {
  const points = commitsOf(pathOf(name)).flatMap((commit) => {
    try {
      const results = JSON.parse(git('show', `${commit}:${pathOf(name)}`)) as Results[N]
      const value = figure(results)
      return Number.isFinite(value) ? [{ commit, value, other: !results.machine.vnni }] : []
    } catch {
      return [] // the file was of another form then
    }
  })
  return { title, points }
}

const analyze = now('analyze')
const serve = now('serve')
const preprocess = now('preprocess')
const machine = ({ processor, threads, vnni, loadBefore }: Machine) =>
  `${processor}, ${threads} threads, ${vnni ? 'with' : 'without'} VNNI, load ${loadBefore} before`
const ratio = (value: number) => `${value.toFixed(2)} ×`
const whole = (value: number) => value.toFixed(0)
const times = (value: number) => (value / PREDECESSOR_PER_SECOND).toFixed(0)

const rows: readonly (readonly [string, string, string, string])[] = [
  [
    'photograph 640×480, one face',
    `${whole(analyze.photograph.totalMs)} ms`,
    ratio(analyze.photograph.timesFloor),
    '75 ms',
  ],
  [
    'ten seconds of 720p, 32 frames',
    `${(analyze.clip.totalMs / 1000).toFixed(2)} s`,
    ratio(analyze.clip.timesFloor),
    '2.5 s',
  ],
  [
    'service, 256-pixel photographs, 8 at a time, report alone',
    `${serve.nothingKept.requestsPerSecond.toFixed(1)}/s, p95 ${serve.nothingKept.p95Seconds.toFixed(2)} s`,
    ratio(1 / serve.nothingKept.shareOfFloor),
    '18/s, p95 0.8 s',
  ],
  [
    'the same with what its pictures are made from',
    `${serve.pictures.requestsPerSecond.toFixed(1)}/s, p95 ${serve.pictures.p95Seconds.toFixed(2)} s`,
    ratio(1 / serve.pictures.shareOfFloor),
    '',
  ],
  ['crops for training', `${preprocess.whole.facesPerSecond.toFixed(1)} faces/s`, '', '25 faces/s'],
  ['memory of the service, idle', `${whole(serve.idleMB)} MB`, '', '450 MB'],
  ...(['photograph', 'clip'] as const).map(
    (what) =>
      [
        `most memory of \`unswap analyze\`, ${what}, with its decoder`,
        `${whole(analyze.memoryMB[what]?.together ?? Number.NaN)} MB`,
        '',
        '700 MB',
      ] as const,
  ),
]

writeFileSync(
  new URL('../docs/images/performance.svg', import.meta.url),
  plotCourses(
    'Times the classifier alone',
    [
      courseOf('photograph', 'analyze', ({ photograph }) => photograph.timesFloor),
      courseOf('clip', 'analyze', ({ clip }) => clip.timesFloor),
      courseOf('service, a request', 'serve', ({ nothingKept }) => 1 / nothingKept.shareOfFloor),
    ],
    commitsOf('bench/results'),
  ),
)
writeFileSync(
  new URL('../docs/performance.md', import.meta.url),
  `# Performance

Written by \`npm run bench:history\` from \`bench/results/\`; do not edit. The floor is the classifier alone, measured in the same
run: no analysis can be quicker than the one network that it cannot do without. Times depend on the machine, ratios less.

| What | Now | Times the floor | Target |
| --- | --- | --- | --- |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}

The FastAPI service that Unswap replaces answered ${PREDECESSOR_PER_SECOND} requests a second of that kind on two cores, with four networks and
without calibration, maps or pictures: Unswap answers ${times(serve.nothingKept.requestsPerSecond)} times as many.

- Detector: ${machine(analyze.machine)}.
- Service: ${machine(serve.machine)}; the clients ran on the same two cores.
- Training crops: ${machine(preprocess.machine)}; start of the program included.

## Course

![Each figure as a multiple of the classifier alone, by commit](images/performance.svg)

Every point is a commit that changed a file of results; those of busy machines lie too high. Hollow ones are of a processor
without VNNI, on which the classifier takes twice as long, so that the rest looks smaller beside it.

## Where the time goes, and what was done

- The classifier takes ${whole(analyze.photograph.floorMs)} ms of a photograph. Its weights are 8-bit integers where the processor reproduces the golden crops
  with them. It runs in a thread of its own, so that the next frames are decoded and searched meanwhile.
- The face mesh runs three times as fast with its PRelu activations written as convolutions
  (\`trainer/unswap_trainer/prelu.py\`), and on one thread: a second one costs more than it spares.
- Faces are sought in pictures halved by words and sampled with one tap; crops keep four.
- V8 counts pictures, which lie outside its heap, as if they filled it. With its small first heap that meant a full collection
  every other frame; the command and the analysing processes start with 128 MB (\`--initial-heap-size\`).
- Fresh memory is dear: the system maps it in page by page, and once more after each start of a decoder (a fork). Frames
  give theirs back to the decoder, and glibc asks for pages of two megabytes (\`GLIBC_TUNABLES\`, set by \`run.sh\` and for the
  analysing processes): a fifth less processor time of a clip.
- Where as many clips are decoded as there are cores (training crops), each decoder has one thread: a second one brings
  those clips no sooner and costs a fifth more processor time. A start of ffmpeg costs 0.14 s, so none is made twice to ask what
  it can.
- Of a halved picture only the rows about the face are made.
- Evidence is rendered when it is first asked for.

Again: \`npm run bench\`, \`bench:serve\`, \`bench:preprocess\`, \`bench:page\`, then \`bench:history\`.
`,
)
console.log('written: docs/performance.md, docs/images/performance.svg')
