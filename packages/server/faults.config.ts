import { defineConfig } from 'vitest/config'

// npm run test:faults: what takes minutes, such as a death at every log line of a job. `npm test` runs a sample.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['test/faults/*.long.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 240_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
