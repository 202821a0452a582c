// One process of `preprocess`: an item in, its crops out. The networks block the thread that runs them, so each core
// has a process.
import { toUnswapError } from '@unswap/contract'
import { type Faces, openFaces } from '@unswap/detector'
import sharp from 'sharp'
import { extractCrops } from './extract-crops.ts'
import type { ExtractAnswer, ExtractTask } from './extract-pool.ts'

const stop = new AbortController()
sharp.concurrency(1)
sharp.cache(false)

let opening: Promise<Faces> | null = null
let working: Promise<unknown> = Promise.resolve()

// Ctrl-C reaches every process of the terminal. The one that started this says when to stop, by SIGTERM.
process.on('SIGINT', () => {})
process.on('SIGTERM', async () => {
  stop.abort()
  await working
  process.exit()
})
process.on('disconnect', () => process.exit())

/** Called by tinypool, one item at a time. */
export default function extractItem(task: ExtractTask): Promise<ExtractAnswer> {
  const answer = answerTo(task)
  working = answer
  return answer
}

async function answerTo({ item, modelsDir, root, ...options }: ExtractTask): Promise<ExtractAnswer> {
  try {
    opening ??= openFaces({ modelsDir })
    return {
      crops: await extractCrops(root, item, { ...options, finder: await opening, signal: stop.signal }),
    }
  } catch (thrown) {
    const { code, message } = toUnswapError(thrown)
    return { code, message }
  }
}
