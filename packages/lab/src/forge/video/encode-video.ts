import { UnswapError } from '@unswap/contract'
import type { Picture } from '@unswap/detector'
import { execa } from 'execa'

export interface Encoding {
  readonly width: number
  readonly height: number
  readonly fps: number
  /** Constant rate factor of H.264: lower is better and larger. */
  readonly crf: number
}

/**
 * Writes pictures as an H.264 MP4. One thread and no dates in the file, so one ffmpeg gives the same bytes twice.
 * @throws UnswapError `decoder_missing` without ffmpeg, `decoder_failed` when it fails
 */
export async function encodeVideo(
  path: string,
  pictures: Iterable<Picture>,
  encoding: Encoding,
): Promise<void> {
  const { width, height, fps, crf } = encoding
  const input = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-s',
    `${width}x${height}`,
    '-r',
    `${fps}`,
    '-i',
    'pipe:0',
  ]
  const coding = [
    '-c:v',
    'libx264',
    '-preset',
    'medium',
    '-crf',
    `${crf}`,
    '-threads',
    '1',
    '-pix_fmt',
    'yuv420p',
  ]
  const file = ['-fflags', '+bitexact', '-flags', '+bitexact', '-movflags', '+faststart', `file:${path}`]
  try {
    await execa('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...input, ...coding, ...file], {
      stdin: bytesOf(pictures),
    })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new UnswapError('decoder_missing', 'Videos are made with ffmpeg: install it and try again.', {
        cause,
      })
    }
    throw new UnswapError('decoder_failed', `ffmpeg could not write ${path}.`, { cause })
  }
}

function* bytesOf(pictures: Iterable<Picture>): Generator<Uint8Array> {
  for (const picture of pictures) yield picture.data
}
