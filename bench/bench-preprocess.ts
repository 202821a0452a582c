// node bench/bench-preprocess.ts [processes]: how many faces a second are prepared for training, start included, and where
// the time of one goes. The decoders are processes of their own and not counted. The clips are ten seconds at 720p with one
// face, 32 frames of each.
import { writeFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Faces, openFaces, openMedia } from '../packages/detector/src/index.ts'
import { item } from '../packages/lab/src/datasets/dataset-item.ts'
import { preprocess, readDataset } from '../packages/lab/src/index.ts'
import { extractCrops } from '../packages/lab/src/preprocess/extract-crops.ts'
import { makeClip } from './bench-media.ts'
import { describeMachine } from './describe-machine.ts'

const RESULT = fileURLToPath(new URL('results/preprocess.json', import.meta.url))
const modelsDir = fileURLToPath(new URL('../models', import.meta.url))
const processes = Number(process.argv[2] ?? availableParallelism())
const CLIPS = 24
const FRAMES = 32

const machine = describeMachine()
const clip = makeClip()
const root = await mkdtemp(join(tmpdir(), 'unswap-bench-'))
try {
  const result = { machine, processes, whole: await measureWhole(), shares: await measureShares() }
  console.log(result)
  writeFileSync(RESULT, `${JSON.stringify(result, null, 2)}\n`)
} finally {
  await rm(root, { recursive: true })
}

/** All of `preprocess`, as the command runs it. */
async function measureWhole() {
  await mkdir(join(root, 'set/real'), { recursive: true })
  for (let i = 0; i < CLIPS; i++) await copyFile(clip, join(root, 'set/real', `${i}.mp4`))
  const dataset = await readDataset('folders', join(root, 'set'))
  const begin = performance.now()
  const { crops } = await preprocess(dataset, join(root, 'out'), {
    modelsDir,
    frames: FRAMES,
    concurrency: processes,
    leaks: 'ignore',
  })
  const seconds = (performance.now() - begin) / 1000
  return { facesPerSecond: rounded(crops / seconds) }
}

/** Milliseconds of the processor per face of each step, one clip after the other on one thread, when all is warm. */
async function measureShares() {
  const media = join(root, 'set/real/0.mp4')
  const decode = async () => {
    const opened = await openMedia({ path: media })
    for await (const _ of opened.frames({ count: FRAMES }));
    await opened.close()
  }
  const finder = await openFaces({ modelsDir })
  let locating = 0
  const timed: Faces = {
    ...finder,
    locate: async (frame, options) => {
      const before = ownSeconds()
      const found = await finder.locate(frame, options)
      locating += ownSeconds() - before
      return found
    },
  }
  const one = item({ path: 'set/real/0.mp4', kind: 'video', label: 'real', video: '0' })
  const extract = () => extractCrops(root, one, { finder: timed, frames: FRAMES, facesPerFrame: 1 })
  await extract()
  const reading = await processorOf(decode)
  locating = 0
  const extracting = await processorOf(extract)
  await finder.close()
  const perFace = (seconds: number) => rounded((1000 * seconds) / FRAMES)
  return {
    readingMs: perFace(reading),
    locatingMs: perFace(locating),
    cropAndEncodingMs: perFace(extracting - locating - reading),
  }
}

async function processorOf(work: () => Promise<unknown>): Promise<number> {
  const before = ownSeconds()
  await work()
  return ownSeconds() - before
}

/** Processor time of this process, all its threads. */
function ownSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

function rounded(value: number): number {
  return Number(value.toFixed(1))
}
