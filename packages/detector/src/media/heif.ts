import { readFile } from 'node:fs/promises'
import { crc32, deflateSync } from 'node:zlib'
import type { HeifError } from 'libheif-js/wasm-bundle.js'
import sharp from 'sharp'

/**
 * Decodes a HEIC picture, upright, and wraps it as a PNG together with its colour profile: libheif leaves colours in
 * the camera's own space (Display P3 on telephones), and PNG is a way for profile and pixels into the one conversion.
 * @throws Error where the file is damaged.
 */
export async function readHeif(
  content: Uint8Array | string,
  profile: Uint8Array | undefined,
): Promise<Uint8Array> {
  const bytes = typeof content === 'string' ? await readFile(content) : content
  const { width, height, channels, data } = await decodePrimary(bytes)
  const png = await sharp(data, { raw: { width, height, channels } }).png({ compressionLevel: 0 }).toBuffer()
  return profile === undefined ? png : embedProfile(png, profile)
}

async function decodePrimary(bytes: Uint8Array) {
  // Three megabytes of WebAssembly, so only once a HEIC picture asks for it.
  const { default: heif } = await import('libheif-js/wasm-bundle.js')
  const context = heif.heif_context_alloc()
  try {
    const read = heif.heif_context_read_from_memory(context, bytes)
    if (read.code !== heif.heif_error_code.heif_error_Ok) throw new Error(read.message)
    const handle = succeed(heif.heif_js_context_get_primary_image_handle(context))
    try {
      const channels = heif.heif_image_handle_has_alpha_channel(handle) ? 4 : 3
      const { heif_chroma_interleaved_RGB, heif_chroma_interleaved_RGBA } = heif.heif_chroma
      const chroma = channels === 4 ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB
      const decoded = heif.heif_js_decode_image2(handle, heif.heif_colorspace.heif_colorspace_RGB, chroma)
      const { image, channels: planes } = succeed(decoded)
      const { width, height, stride, data } = planes[0]
      const row = width * channels
      const packed = new Uint8Array(row * height)
      for (let y = 0; y < height; y++) packed.set(data.subarray(y * stride, y * stride + row), y * row)
      heif.heif_image_release(image)
      return { width, height, channels, data: packed } as const
    } finally {
      heif.heif_image_handle_release(handle)
    }
  } finally {
    heif.heif_context_free(context)
  }
}

function succeed<T extends object>(result: T | HeifError): T {
  if ('message' in result) throw new Error(result.message)
  return result
}

/** Adds an iCCP chunk behind the header chunk, which ends at byte 33 (PNG, third edition, 11.3.2.3). */
function embedProfile(png: Buffer, profile: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from('iCCPicc\0\0', 'latin1'), deflateSync(profile)])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(body.length - 4, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)])
}
