// The program of a thread that probes one file with mediabunny.
import { answerWorkerTask } from '../../worker-thread.ts'
import { type ProbeTask, probeWithMediabunny } from './demuxer.ts'

await answerWorkerTask(({ file, limits }: ProbeTask) =>
  probeWithMediabunny(file, limits, new AbortController().signal),
)
