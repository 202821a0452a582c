// The program of a thread that decodes one HEIC picture with libheif.
import { UnswapError } from '@unswap/contract'
import heif, { type HeifError } from 'libheif-js/wasm-bundle.js'
import { answerWorkerTask } from '../worker-thread.ts'
import type { HeifPixels } from './heif.ts'

await answerWorkerTask(async (bytes: Uint8Array) => {
  try {
    return decodePrimary(bytes)
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw new UnswapError('media_unreadable', `The picture is damaged and cannot be decoded: ${detail}`, {
      cause,
    })
  }
})

function decodePrimary(bytes: Uint8Array): HeifPixels {
  const context = heif.heif_context_alloc()
  const read = heif.heif_context_read_from_memory(context, bytes)
  if (read.code !== heif.heif_error_code.heif_error_Ok) throw new Error(read.message)
  const handle = succeed(heif.heif_js_context_get_primary_image_handle(context))
  const channels = heif.heif_image_handle_has_alpha_channel(handle) ? 4 : 3
  const { heif_chroma_interleaved_RGB, heif_chroma_interleaved_RGBA } = heif.heif_chroma
  const chroma = channels === 4 ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB
  const decoded = heif.heif_js_decode_image2(handle, heif.heif_colorspace.heif_colorspace_RGB, chroma)
  // Nothing is freed: the memory goes when the thread ends.
  const { width, height, stride, data } = succeed(decoded).channels[0]
  const row = width * channels
  const packed = new Uint8Array(row * height)
  for (let y = 0; y < height; y++) packed.set(data.subarray(y * stride, y * stride + row), y * row)
  return { width, height, channels, data: packed }
}

function succeed<T extends object>(result: T | HeifError): T {
  if ('message' in result) throw new Error(result.message)
  return result
}
