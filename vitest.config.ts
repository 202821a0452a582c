import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take longest on two cores; begun last, each would keep the others' workers idle. */
const LONGEST = [
  'server/test/worker/killed-workers.test.ts',
  'detector/test/media/video/faults.test.ts',
  'web/test/pages.test.ts',
  'detector/test/media/video/isolation.test.ts',
  'server/test/faults/',
  'lab/test/pipeline/',
  'cli/test/verify-command.test.ts',
  'fuzz/test/',
  'server/test/deduplication/shared-result.test.ts',
  'cli/test/dataset-command.test.ts',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((part) => moduleId.includes(part))
      return place === -1 ? LONGEST.length : place
    }
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}

// Models and decoders use every core themselves, so test files take turns two at a time.
export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'deploy/test/**/*.test.ts', 'fuzz/test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // What is polled for comes at once on an idle machine, and late on a busy one.
    expect: { poll: { timeout: 15_000 } },
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
})
