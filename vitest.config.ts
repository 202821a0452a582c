import { defineConfig } from 'vitest/config'

// Models and decoders use every core themselves, so test files take turns two at a time.
export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'deploy/test/**/*.test.ts', 'fuzz/test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
