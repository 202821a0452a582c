import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCursor, writeCursor } from '../../src/storage/page-cursor.ts'

const place = fc.tuple(
  fc.oneof(fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true })),
  fc.string(),
)

test('a cursor is read as it was written, and passes through an address unchanged', () => {
  fc.assert(
    fc.property(place, ([value, id]) => {
      const cursor = writeCursor([value, id])
      expect(encodeURIComponent(cursor)).toBe(cursor)
      // JSON has one zero.
      expect(readCursor(cursor)).toEqual([value === 0 ? 0 : value, id])
    }),
  )
})

test('any other text is refused with a code, or is a place', () => {
  const forged = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
    fc.constantFrom('WzFlOTk5LCJhIl0', 'W10', 'bnVsbA', 'e30', 'WzEsMl0', 'WzEsImEiLDJd'),
  )
  fc.assert(
    fc.property(forged, (cursor) => {
      try {
        const [value, id] = readCursor(cursor)
        expect(value === null || Number.isFinite(value)).toBe(true)
        expect(id).toBeTypeOf('string')
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad_option' })
      }
    }),
  )
})
