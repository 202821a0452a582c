// Runs inside a process that may die: makes the input of each number and hands it to the detector.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ERROR_CATEGORY, Report, UnswapError } from '@unswap/contract'
import { type Detector, openDetector } from '@unswap/detector'
import Value from 'typebox/value'
import { type Corpus, corpus } from '../corpus/generate-corpus.ts'
import { loadSeeds } from '../corpus/sound-media.ts'
import type { FromWorker, Outcome, ToWorker } from './fuzz-messages.ts'

const LIMITS = { seconds: 10, pixels: 100_000_000 }

let inputs: Corpus
let detector: Detector

process.on('message', (message: ToWorker) => void serve(message))
process.on('disconnect', () => process.exit())

async function serve(message: ToWorker): Promise<void> {
  if (message.type === 'input') return tell({ type: 'done', outcome: await tryInput(message.index) })
  const { seed, heavy, target, models } = message.work
  inputs = corpus(await loadSeeds(), seed, target, heavy)
  detector = await openDetector({ modelsDir: models, threads: 1 })
  tell({ type: 'ready' })
}

const tell = (message: FromWorker) => void process.send!(message)

async function tryInput(index: number): Promise<Outcome> {
  const { name, bytes } = await inputs(index)
  const began = performance.now()
  const { end, complaint } = await analyze(index, bytes)
  return {
    index,
    name,
    end,
    complaint,
    milliseconds: Math.round(performance.now() - began),
    temporaries: readdirSync(tmpdir()).length,
    children: children(),
    handles: existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0,
    memory: process.memoryUsage.rss(),
  }
}

/** Every second input comes as a file, and every second video goes to the bundled decoder. */
async function analyze(index: number, bytes: Buffer): Promise<{ end: string; complaint: string | null }> {
  const path = join(tmpdir(), '..', `input-${process.pid}`)
  if (index % 2 === 0) await writeFile(path, bytes)
  const source = index % 2 === 0 ? { path } : { bytes }
  const decoder = index % 4 < 2 ? 'ffmpeg' : 'bundled'
  try {
    const { report } = await detector.analyze(source, { sampling: { count: 3 }, decoder, limits: LIMITS })
    const [flaw] = Value.Errors(Report, report)
    return { end: 'report', complaint: flaw ? `report ${flaw.instancePath}: ${flaw.message}` : null }
  } catch (error) {
    if (!(error instanceof UnswapError)) return { end: 'no code', complaint: String((error as Error).stack) }
    const { code, message, cause } = error
    const proper =
      ERROR_CATEGORY[code] === 'media' || ERROR_CATEGORY[code] === 'limit' || code === 'decoder_missing'
    return {
      end: code,
      complaint: proper ? null : `${code}: ${message} (${(cause as Error | undefined)?.stack})`,
    }
  }
}

function children(): number {
  const file = `/proc/self/task/${process.pid}/children`
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).length : 0
}
