import { UnswapError } from '@unswap/contract'
import { execa } from 'execa'

/** The video decoders on this machine. */
export interface VideoDecoders {
  /** Version of ffmpeg; null where ffmpeg or ffprobe is missing, as both are needed. */
  readonly ffmpeg: string | null
  /** True where the bundled decoder's binary for this platform is installed. */
  readonly bundled: boolean
  /** The command that installs ffmpeg; null where it is installed. */
  readonly remedy: string | null
}

/** Looks for both video decoders. */
export async function probeVideoDecoders(): Promise<VideoDecoders> {
  const [ffmpeg, bundled] = await Promise.all([ffmpegVersion(), bundledDecoderAvailable()])
  return { ffmpeg, bundled, remedy: ffmpeg === null ? installFfmpeg() : null }
}

let version: Promise<string | null> | undefined

/** The version of the installed ffmpeg, or null. Once found it is remembered for the life of the process. */
export async function ffmpegVersion(): Promise<string | null> {
  version ??= Promise.all([versionOf('ffmpeg'), versionOf('ffprobe')]).then(([ffmpeg, ffprobe]) =>
    ffprobe === null ? null : ffmpeg,
  )
  const found = await version
  if (found === null) version = undefined
  return found
}

async function versionOf(program: string): Promise<string | null> {
  const { stdout, failed } = await execa(program, ['-hide_banner', '-version'], {
    reject: false,
    stdin: 'ignore',
  })
  return failed ? null : (/version (\S+)/.exec(stdout)?.[1] ?? 'unknown')
}

/** Whether the optional dependency that decodes video without ffmpeg can be loaded here. */
async function bundledDecoderAvailable(): Promise<boolean> {
  return loadBundledDecoder().then(
    () => true,
    () => false,
  )
}

/** @throws UnswapError `decoder_missing`. */
export async function loadBundledDecoder(): Promise<typeof import('@napi-rs/webcodecs')> {
  try {
    return await import('@napi-rs/webcodecs')
  } catch (cause) {
    throw decoderMissing('No video decoder is installed', cause)
  }
}

/** The error for video that no decoder here can decode, with the command that installs one. */
export function decoderMissing(what: string, cause?: unknown): UnswapError {
  return new UnswapError('decoder_missing', `${what}. Install ffmpeg: ${installFfmpeg()}`, { cause })
}

function installFfmpeg(): string {
  if (process.platform === 'darwin') return 'brew install ffmpeg'
  if (process.platform === 'win32') return 'winget install ffmpeg'
  return 'sudo apt-get install ffmpeg (or your distribution’s package of that name)'
}
