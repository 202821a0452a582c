import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { faceColours } from '../../src/temporal/colours.ts'
import { paint } from '../classifiers/models.ts'

const points = Float32Array.from(
  JSON.parse(readFileSync(new URL('../classifiers/fixtures/mesh.json', import.meta.url), 'utf8')) as number[],
)

it('reads the face and its surround apart', () => {
  // the mesh reaches from 40 to 185 across and from 31 to 194 down
  const crop = paint(224, (x, y) =>
    Math.abs(x - 0.5) < 0.34 && Math.abs(y - 0.5) < 0.38 ? [1, 0.5, 0] : [0, 0, 1],
  )
  const { inside, surround } = faceColours(crop, { points, presence: 1 })
  expect(inside).toEqual([1, 0.5, 0].map((value) => expect.closeTo(value, 1)))
  expect(surround[2]).toBeGreaterThan(0.7)
})
