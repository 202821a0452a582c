// The program of a thread that probes one file with mediabunny; it answers with the stream, or with the error.
import { parentPort, workerData } from 'node:worker_threads'
import { toUnswapError } from '@unswap/contract'
import { probeWithMediabunny } from './mediabunny.ts'
import type { ProbeAnswer, ProbeTask } from './probe-aside.ts'

const { file, limits } = workerData as ProbeTask
const answer = await probeWithMediabunny(file, limits, new AbortController().signal).then(
  (stream): ProbeAnswer => ({ stream }),
  (thrown): ProbeAnswer => {
    const { code, message, retryable } = toUnswapError(thrown)
    return { error: { code, message, retryable } }
  },
)
parentPort!.postMessage(answer)
