// One thread of `preprocess`: an item in, its crops out. The networks block the thread that runs them, so each
// thread has its own, on one core.
import { parentPort, workerData } from 'node:worker_threads'
import { toUnswapError } from '@unswap/contract'
import { openFaces } from '@unswap/detector'
import sharp from 'sharp'
import type { Item } from '../datasets/item.ts'
import type { Answer, CrewSetup, Task } from './crew.ts'
import { extractCrops } from './extract.ts'

const { modelsDir, root, ...options } = workerData as CrewSetup
const port = parentPort!
const stop = new AbortController()
sharp.concurrency(1)
sharp.cache(false)

const opening = openFaces({ modelsDir })

// told to whoever asks first, in `answerTo`
opening.catch(() => {})
let working: Promise<unknown> = Promise.resolve()

port.on('message', async (task: Task) => {
  if (task !== 'stop') {
    working = answerTo(task).then((answer) => port.postMessage(answer))
    return
  }
  stop.abort()
  await working
  await opening.then(
    (finder) => finder.close(),
    () => {},
  )
  port.close()
})

async function answerTo(item: Item): Promise<Answer> {
  try {
    return {
      crops: await extractCrops(root, item, { ...options, finder: await opening, signal: stop.signal }),
    }
  } catch (thrown) {
    const { code, message } = toUnswapError(thrown)
    return { code, message }
  }
}
