import { UnswapError } from '@unswap/contract'
import { execa } from 'execa'
import type { Square } from '../crops/detector-view.ts'

/**
 * The pictures after H.264 at a constant rate factor, as the key frames of one video. Each is coded alone, and its
 * quantiser does not depend on its neighbours (mbtree=0, qcomp=1).
 * @param squares of one even size
 * @throws UnswapError `decoder_missing` without ffmpeg, `decoder_failed` when it fails
 */
export async function recodeH264(squares: readonly Square[], crf: number): Promise<Square[]> {
  const size = squares[0]!.size
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'rgb24']
  const alone = ['-g', '1', '-x264-params', 'mbtree=0:qcomp=1', '-threads', '1']
  const coding = ['-c:v', 'libx264', '-crf', `${crf}`, ...alone, '-pix_fmt', 'yuv420p']
  const video = await ffmpeg(
    [...raw, '-s', `${size}x${size}`, '-i', 'pipe:0', ...coding, '-f', 'matroska', 'pipe:1'],
    Buffer.concat(squares.map(({ rgb }) => rgb)),
  )
  const pictures = await ffmpeg(['-i', 'pipe:0', ...raw, 'pipe:1'], video)
  const length = 3 * size * size
  return squares.map((_, i) => ({ size, rgb: pictures.subarray(i * length, (i + 1) * length) }))
}

async function ffmpeg(args: readonly string[], input: Uint8Array): Promise<Uint8Array> {
  try {
    const { stdout } = await execa('ffmpeg', ['-v', 'error', ...args], { input, encoding: 'buffer' })
    return stdout
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new UnswapError('decoder_missing', 'H.264 is made with ffmpeg: install it and try again.', {
        cause,
      })
    }
    throw new UnswapError('decoder_failed', 'ffmpeg could not code the crops again.', { cause })
  }
}
