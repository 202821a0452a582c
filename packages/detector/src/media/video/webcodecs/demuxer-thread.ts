// The program of a thread that probes one file with mediabunny.
import { workAside } from '../../worker-thread.ts'
import { type ProbeTask, probeWithMediabunny } from './demuxer.ts'

await workAside(({ file, limits }: ProbeTask) =>
  probeWithMediabunny(file, limits, new AbortController().signal),
)
