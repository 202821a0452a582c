import { crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/** A chunk of PNG with its checksum. */
export function pngChunk(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(body.length)
  head.write(type, 4, 'latin1')
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), body])))
  return Buffer.concat([head, body, sum])
}

export interface PngOptions {
  readonly width: number
  readonly height: number
  /** Bits per sample of grey. */
  readonly depth?: 1 | 8 | 16
  /** Uncompressed picture data; black rows of the right length where it is not given. */
  readonly rows?: Buffer
  /** Chunks between header and picture. */
  readonly extra?: readonly Buffer[]
}

/** A grey PNG that says of itself what it is told to, true or not. */
export function png({ width, height, depth = 8, rows, extra = [] }: PngOptions): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width >>> 0, 0)
  header.writeUInt32BE(height >>> 0, 4)
  header.writeUInt8(depth, 8)
  const data = rows ?? Buffer.alloc(height * (1 + Math.ceil((width * depth) / 8)))
  return Buffer.concat([
    SIGNATURE,
    pngChunk('IHDR', header),
    ...extra,
    pngChunk('IDAT', deflateSync(data)),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}
