import { readFile } from 'node:fs/promises'
import { crc32, deflateSync } from 'node:zlib'
import type { Limits } from '@unswap/contract'
import sharp from 'sharp'
import { runInWorkerThread } from '../worker-thread.ts'

/** Pixels as the thread sends them: rows of RGB or RGBA without padding. */
export interface HeifPixels {
  readonly width: number
  readonly height: number
  readonly channels: 3 | 4
  readonly data: Uint8Array
}

/**
 * Decodes a HEIC picture, upright, and returns it as a PNG with its colour profile. libheif leaves colours in the
 * camera's own space (Display P3 on telephones); as a PNG they go through the same conversion as all other pictures.
 * libheif is WebAssembly and blocks its thread for a second or more, so it runs in one of its own.
 * @throws UnswapError `media_unreadable`, `limit_time`, `cancelled`.
 */
export async function readHeif(
  content: Uint8Array | string,
  profile: Uint8Array | undefined,
  limits: Limits,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const bytes = typeof content === 'string' ? await readFile(content) : content
  const program = new URL('./heif-thread.ts', import.meta.url)
  const { width, height, channels, data } = await runInWorkerThread<HeifPixels>(
    program,
    bytes,
    limits,
    signal,
  )
  const png = await sharp(data, { raw: { width, height, channels } }).png({ compressionLevel: 0 }).toBuffer()
  return profile === undefined ? png : embedProfile(png, profile)
}

/** Adds an iCCP chunk after the header chunk, which ends at byte 33 (PNG, third edition, 11.3.2.3). */
function embedProfile(png: Buffer, profile: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from('iCCPicc\0\0', 'latin1'), deflateSync(profile)])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(body.length - 4, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)])
}
