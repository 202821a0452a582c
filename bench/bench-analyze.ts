// npm run bench: how long an analysis takes, where the time goes, and how much memory it holds. Everything is also given as
// a multiple of the floor, the classifier alone in the same run, since machines differ and may be busy. No figure makes it
// fail.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Detector, openDetector, type Timings } from '@unswap/detector'
import { median } from 'simple-statistics'
import { classify } from '../packages/detector/src/classifiers/classify.ts'
import { type Classifier, openClassifiers } from '../packages/detector/src/classifiers/open-classifiers.ts'
import { makeClip, makePhotograph } from './bench-media.ts'
import { describeMachine } from './describe-machine.ts'
import { peakMemory } from './process-memory.ts'

const STAGES = ['media', 'faces', 'scoring', 'temporal', 'report'] as const
const TARGETS = { photographMs: 75, clipMs: 2500, memoryMB: 700 }
const MODELS_DIR = fileURLToPath(new URL('../models', import.meta.url))
const RESULT = fileURLToPath(new URL('results/analyze.json', import.meta.url))
const THREADS = 2

const machine = describeMachine()
const photograph = makePhotograph()
const clip = makeClip()
const detector = await openDetector({ modelsDir: MODELS_DIR, threads: THREADS })
const classifiers = await openClassifiers({ modelsDir: MODELS_DIR, threads: THREADS })

const one = await measure(detector, photograph, { warm: 8, runs: 40, crops: 1 })
const many = await measure(detector, clip, { warm: 1, runs: 7, crops: 8 })
await detector.close()
await Promise.all(classifiers.map(({ session }) => session.close()))
const memory = { photograph: await peakMemory(photograph), clip: await peakMemory(clip) }

const result = {
  machine,
  models: classifiers.map(({ manifest, variant, precise }) => ({ id: manifest.id, variant, precise })),
  targets: TARGETS,
  photograph: one,
  clip: many,
  memoryMB: memory,
}
writeFileSync(RESULT, `${JSON.stringify(result, roundNumbers, 2)}\n`)
print()

type Measured = Awaited<ReturnType<typeof measure>>

/**
 * Medians in milliseconds of whole analyses and their stages, each beside the floor for as many crops. `processorMs` is
 * what all threads together spent in this process, which a busy machine changes little. Stages of a video overlap: a
 * stage has the time in which something waited for it alone, `between` what no stage claims.
 */
async function measure(
  detector: Detector,
  path: string,
  plan: { warm: number; runs: number; crops: number },
) {
  const runs: Timings[] = []
  const floors: number[] = []
  const processor: number[] = []
  let crops = 0
  for (let run = -plan.warm; run < plan.runs; run++) {
    const before = process.cpuUsage()
    const { report, timings } = await detector.analyze({ path }, { evidenceFrames: 0 })
    const { user, system } = process.cpuUsage(before)
    crops = report.faces.reduce((sum, face) => sum + face.observed, 0)
    const floor = await classifierAlone(classifiers, plan.crops)
    if (run < 0) continue
    runs.push(timings)
    processor.push((user + system) / 1000)
    floors.push(floor * crops)
  }
  const floorMs = median(floors)
  const totalMs = median(runs.map((run) => run.total))
  const stagesMs: Record<string, number> = {}
  for (const stage of STAGES) stagesMs[stage] = median(runs.map((run) => run[stage]))
  stagesMs.between = totalMs - Object.values(stagesMs).reduce((sum, ms) => sum + ms, 0)
  const timesFloor = totalMs / floorMs
  return { runs: runs.length, crops, totalMs, floorMs, timesFloor, processorMs: median(processor), stagesMs }
}

/** Milliseconds per crop of the networks alone, in batches of `size`. */
async function classifierAlone(models: readonly Classifier[], size: number): Promise<number> {
  const batches = models.map(({ manifest: { input } }) => {
    const crop = { ...input, pixels: new Float32Array(3 * input.size ** 2).fill(0.5) }
    return Array.from({ length: size }, () => crop)
  })
  const start = performance.now()
  for (const [i, model] of models.entries()) await classify(model, batches[i]!)
  return (performance.now() - start) / size
}

function roundNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value
}

function print(): void {
  const vnni = machine.vnni ? 'with VNNI' : 'without VNNI'
  console.log(
    `${machine.processor}, ${THREADS} threads, ${vnni}, ${machine.node}, load ${machine.loadBefore}`,
  )
  for (const { id, variant, precise } of result.models) {
    console.log(`model ${id}: ${variant}${precise ? ', exact 8-bit arithmetic' : ''}`)
  }
  table('one face, 640×480 JPEG, warm', one, TARGETS.photographMs)
  table('32 frames of 10 s at 720p, one face', many, TARGETS.clipMs)
  for (const [name, peak] of Object.entries(memory)) {
    const text = peak && `${peak.together.toFixed(0)} MB with its decoder, ${peak.alone.toFixed(0)} MB alone`
    console.log(`peak memory, ${name}: ${text ?? 'not measured here'} (target ${TARGETS.memoryMB} MB)`)
  }
}

function table(title: string, measured: Measured, target: number): void {
  const { totalMs, floorMs, timesFloor, processorMs, stagesMs, runs, crops } = measured
  console.log(`\n${title}: median of ${runs}: ${totalMs.toFixed(1)} ms (target ${target} ms)`)
  console.log(
    `  classifier alone, ${crops} crops: ${floorMs.toFixed(1)} ms; the whole is ${timesFloor.toFixed(2)} times that`,
  )
  console.log(`  processor time of this process: ${processorMs.toFixed(1)} ms`)
  for (const [stage, ms] of Object.entries(stagesMs)) {
    const share = `${((100 * ms) / totalMs).toFixed(0)} %`
    console.log(
      `  ${stage.padEnd(9)} ${ms.toFixed(1).padStart(8)} ms ${share.padStart(6)}  ${(ms / floorMs).toFixed(2)} × floor`,
    )
  }
}
