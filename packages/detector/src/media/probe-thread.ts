// The program of a thread that probes one file with mediabunny.
import { workAside } from './aside.ts'
import { type ProbeTask, probeWithMediabunny } from './mediabunny.ts'

await workAside(({ file, limits }: ProbeTask) =>
  probeWithMediabunny(file, limits, new AbortController().signal),
)
