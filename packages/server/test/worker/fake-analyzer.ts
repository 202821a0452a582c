import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { UnswapError } from '@unswap/contract'
import type { OpenAnalyzer } from '../../src/worker/analyzer.ts'
import { MODEL, sampleReport } from '../storage/sample-analysis.ts'

/**
 * Stands in for the detector where the queue and the processes are on trial: it obeys what the media says, one
 * instruction a line (`wait 100`, `crash`, `hang`, `fail code`), and reports in between.
 */
export const openAnalyzer: OpenAnalyzer = async (options) => {
  if (options.modelsDir === 'broken') throw new UnswapError('model_corrupt', 'The weights are damaged.')
  return {
    models: [MODEL],
    async analyze(task, { signal, onProgress }) {
      const script = (await readFile(task.path, 'utf8')).split('\n')
      for (const line of script) {
        const [word, argument = ''] = line.split(' ')
        onProgress({ stage: 'faces', frames: 0, framesTotal: 1, share: 0, faces: 0, highestScore: null })
        if (word === 'wait') await pause(Number(argument), undefined, { signal })
        if (word === 'crash') process.kill(process.pid, 'SIGSEGV')
        if (word === 'hang') for (;;);
        if (word === 'grow') ballast.push(Buffer.alloc(Number(argument), 1))
        if (word === 'fail') throw new UnswapError(argument as 'media_unreadable', 'as told')
      }
      const picture = new TextEncoder().encode(`picture of ${task.name} by ${process.pid}`)
      return {
        report: sampleReport(),
        timings: { total: 1 },
        evidence: task.evidence ? [{ name: 'annotated.jpg', type: 'image/jpeg', bytes: picture }] : [],
      }
    },
    close: async () => undefined,
  }
}

const ballast: Buffer[] = []
