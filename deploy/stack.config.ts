import { defineConfig } from 'vitest/config'

// npm run test:stack: the whole stack, natively. It starts a dozen programs, so it is not part of `npm test`.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['stack/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    pool: 'forks',
  },
})
