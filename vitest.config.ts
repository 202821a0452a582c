import { defineConfig } from 'vitest/config'

// Models and decoders use every core themselves, so test files take turns two at a time.
export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
