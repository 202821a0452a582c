import type { VideoFormat } from '../../kind.ts'
import type { VideoFile } from '../decoder.ts'

const DEMUXERS: Record<VideoFormat, string> = {
  mp4: 'mov',
  mov: 'mov',
  webm: 'matroska',
  mkv: 'matroska',
  avi: 'avi',
}

/** MP4 and QuickTime can name other files that hold their pictures; ffmpeg does not follow them unless told, nor here. */
const OWN_DATA_ALONE = ['-enable_drefs', '0', '-use_absolute_path', '0']

/**
 * The options that open a file in ffmpeg and ffprobe: local files alone, the demuxer fixed also for what is nested in
 * the file, and the path behind `file:` so that no name is taken for an option or a URL.
 * @param path Where the decoder sees the file.
 */
export function inputOptions({ format }: VideoFile, path: string): string[] {
  const demuxer = DEMUXERS[format]
  return [
    ...['-protocol_whitelist', 'file', '-format_whitelist', demuxer],
    ...(demuxer === 'mov' ? OWN_DATA_ALONE : []),
    ...['-f', demuxer, '-i', `file:${path}`],
  ]
}
