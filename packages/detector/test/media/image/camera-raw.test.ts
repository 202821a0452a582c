import { openMedia } from '@unswap/detector'
import { expect, it } from 'vitest'

/** A grey TIFF of 8×8 pixels with one more entry, which must have the lowest tag or the highest. */
function tiffWith(extra: readonly [tag: number, type: number, count: number, value: number]): Buffer {
  const entries = [
    ...[256, 257].map((tag) => [tag, 3, 1, 8] as const),
    [258, 3, 1, 8] as const,
    [259, 3, 1, 1] as const,
    [262, 3, 1, 1] as const,
    [273, 4, 1, 200] as const,
    [278, 3, 1, 8] as const,
    [279, 4, 1, 64] as const,
    extra,
  ].toSorted(([a], [b]) => a - b)
  const bytes = Buffer.alloc(264, 99)
  bytes.write('II*\0\x08\0\0\0', 'latin1')
  bytes.writeUInt16LE(entries.length, 8)
  for (const [n, [tag, type, count, value]] of entries.entries()) {
    const at = 10 + 12 * n
    bytes.writeUInt16LE(tag, at)
    bytes.writeUInt16LE(type, at + 2)
    bytes.writeUInt32LE(count, at + 4)
    bytes.writeUInt32LE(value, at + 8)
  }
  bytes.writeUInt32LE(0, 10 + 12 * entries.length)
  return bytes
}

const open = (bytes: Uint8Array) =>
  openMedia({ bytes }).then(
    (media) => media.close().then(() => 'opened'),
    ({ code, message }) => `${code}: ${message}`,
  )

it.each([
  ['a thumbnail first', [254, 4, 1, 1]],
  ['DNG', [50_706, 1, 4, 0x0000_0401]],
] as const)('%s: refused, with advice', async (_, extra) => {
  expect(await open(tiffWith(extra))).toMatch(/^media_unsupported: .*Export the photograph as a JPEG/)
})

it('an ordinary first picture is opened', async () => {
  expect(await open(tiffWith([254, 4, 1, 0]))).toBe('opened')
})
