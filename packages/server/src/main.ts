#!/usr/bin/env node
// The service as a program. Compiled code is cached between starts, which halves the start-up time and saves memory.
// The cache lies in the installation; where that is not writable, nothing is cached.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/node', import.meta.url)))
const { runService } = await import('./boot/run-service.ts')
await runService()
