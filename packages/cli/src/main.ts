#!/usr/bin/env -S node --initial-heap-size=128
// V8 counts pictures outside its heap as if they filled it, so the heap starts at 128 MB: else it is collected all the time.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { toUnswapError } from '@unswap/contract'
import { CommanderError } from 'commander'
import { EXIT } from './exit-status.ts'
import { buildProgram } from './program.ts'
import { complain } from './terminal/notices.ts'

// Commands load the rest of the code when they are called; from the second start on that takes half the time.
enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/unswap', import.meta.url)))

try {
  await buildProgram((outcome) => {
    process.exitCode = EXIT[outcome]
  }).parseAsync()
} catch (thrown) {
  if (thrown instanceof CommanderError) {
    // commander has already told; it throws after --help and --version too
    process.exitCode = thrown.exitCode === 0 ? EXIT.done : EXIT.usage
  } else {
    const error = toUnswapError(thrown)
    complain(error)
    process.exitCode = EXIT[error.category]
  }
}
