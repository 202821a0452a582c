import { expect, test } from 'vitest'
import { defaultMemoryBytes } from '../../src/plugins/memory-pressure.ts'

const GIB = 1024 ** 3

test('work is refused at three quarters of what the process may use, not of what the machine has', () => {
  expect(defaultMemoryBytes(64 * GIB, 1 * GIB)).toBe(0.75 * GIB)
  // Without a bound Node tells 0, or a number larger than any memory.
  expect(defaultMemoryBytes(64 * GIB, 0)).toBe(48 * GIB)
  expect(defaultMemoryBytes(64 * GIB, 2 ** 64)).toBe(48 * GIB)
})
