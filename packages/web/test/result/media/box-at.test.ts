import type { Face } from '@unswap/contract'
import { expect, test } from 'vitest'
import { boxAt } from '../../../src/result/media/box-at.ts'

const at = (seconds: number, x: number) => ({ seconds, box: { x, y: 0, width: 10, height: 10 } })
const face = { timeline: [at(1, 0), at(3, 100), at(20, 500)] } as unknown as Face

test('between two examined frames a box is on its way, but not across a cut or a long gap', () => {
  expect(boxAt(face, 2, [])?.x).toBe(50)
  expect(boxAt(face, 1, [])?.x).toBe(0)
  expect(boxAt(face, 2, [2.5])).toBeUndefined()
  expect(boxAt(face, 1.2, [2.5])?.x).toBe(0)
  expect(boxAt(face, 10, [])).toBeUndefined()
  expect(boxAt(face, 19.8, [])?.x).toBe(500)
  expect(boxAt(face, 0.2, [])).toBeUndefined()
})
