// One process of `preprocess`: an item in, its crops out. The networks block the thread that runs them, so each core
// has a process.
import { toUnswapError, UnswapError } from '@unswap/contract'
import { type Faces, openFaces } from '@unswap/detector'
import sharp from 'sharp'
import type { Item } from '../datasets/dataset-item.ts'
import { extractCrops } from './extract-crops.ts'
import type { Answer, CrewSetup, Task } from './extract-pool.ts'

interface Prepared extends Omit<CrewSetup, 'modelsDir'> {
  readonly opening: Promise<Faces>
}

const stop = new AbortController()
sharp.concurrency(1)
sharp.cache(false)

let prepared: Prepared | null = null
let working: Promise<unknown> = Promise.resolve()

// An interrupt of the terminal reaches the whole group; who started this process says when to stop.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit())
process.on('message', async (task: Task) => {
  if (task === 'stop') {
    stop.abort()
    await working
    await prepared?.opening.then(
      (finder) => finder.close(),
      () => {},
    )
    process.disconnect()
  } else if ('modelsDir' in task) {
    const { modelsDir, ...rest } = task
    prepared = { ...rest, opening: openFaces({ modelsDir }) }
    // told to whoever asks first, in `answerTo`
    prepared.opening.catch(() => {})
  } else {
    working = answerTo(task).then((answer) => process.send!(answer))
  }
})

async function answerTo(item: Item): Promise<Answer> {
  try {
    if (prepared === null)
      throw new UnswapError('worker_crashed', 'A process was given work before its start.')
    const { root, opening, ...options } = prepared
    return {
      crops: await extractCrops(root, item, { ...options, finder: await opening, signal: stop.signal }),
    }
  } catch (thrown) {
    const { code, message } = toUnswapError(thrown)
    return { code, message }
  }
}
