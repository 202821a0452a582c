import { png, pngChunk } from './png-file.ts'

const latin = (text: string) => Buffer.from(text, 'latin1')
const le32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
const times = (count: number, part: Buffer) => Buffer.concat(Array.from({ length: count }, () => part))

/** A lossless WebP of one pixel, without the head of its file. */
const PIXEL = Buffer.from('VlA4TBEAAAAvAAAAAAdQkUZ0pv+BiOh/AAA=', 'base64')

const chunk = (type: string, body: Buffer) =>
  Buffer.concat([latin(type), le32(body.length), body, Buffer.alloc(body.length % 2)])

/** Small files of so many pages, frames or segments. All but the JPEG, which ends before its picture, can be decoded. */
export const CROWDED: Readonly<Record<string, (parts: number) => Buffer>> = {
  gif: (parts) =>
    Buffer.concat([
      latin('GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff'),
      times(parts, latin('\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0')),
      latin(';'),
    ]),
  webp: (parts) => {
    const frame = chunk('ANMF', Buffer.concat([Buffer.alloc(12), latin('\x01\0\0\0'), PIXEL]))
    const head = [chunk('VP8X', latin('\x02\0\0\0\0\0\0\0\0\0')), chunk('ANIM', Buffer.alloc(6))]
    const body = Buffer.concat([latin('WEBP'), ...head, times(parts - 2, frame)])
    return Buffer.concat([latin('RIFF'), le32(body.length), body])
  },
  tiff: (parts) => {
    // Every directory describes the same 8 × 8 pixels of grey, which lie at 8.
    const tags = [256, 257, 258, 259, 262, 273, 277, 278, 279]
    const values = [8, 8, 8, 1, 1, 8, 1, 8, 64]
    const size = 2 + tags.length * 12 + 4
    const directories = Array.from({ length: parts }, (_, n) => {
      const bytes = Buffer.alloc(size)
      bytes.writeUInt16LE(tags.length)
      for (const [row, tag] of tags.entries()) {
        bytes.writeUInt16LE(tag, 2 + 12 * row)
        bytes.writeUInt16LE(4, 4 + 12 * row)
        bytes.writeUInt32LE(1, 6 + 12 * row)
        bytes.writeUInt32LE(values[row]!, 10 + 12 * row)
      }
      bytes.writeUInt32LE(n + 1 < parts ? 72 + (n + 1) * size : 0, size - 4)
      return bytes
    })
    return Buffer.concat([latin('II*\0'), le32(72), Buffer.alloc(64), ...directories])
  },
  png: (parts) => png({ width: 8, height: 8, extra: [times(parts - 1, pngChunk('tEXt', latin('k\0v')))] }),
  jpeg: (parts) =>
    Buffer.concat([latin('\xff\xd8'), times(parts, latin('\xff\xe1\0\x02')), latin('\xff\xd9')]),
}
