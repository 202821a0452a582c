import type { VideoFormat } from '../../sniff-format.ts'
import type { VideoFile } from '../decoder.ts'

const DEMUXERS: Record<VideoFormat, string> = {
  mp4: 'mov',
  mov: 'mov',
  webm: 'matroska',
  mkv: 'matroska',
  avi: 'avi',
  ts: 'mpegts',
  mpg: 'mpeg',
  flv: 'flv',
  wmv: 'asf',
  ogv: 'ogg',
  mxf: 'mxf',
}

/** MP4 and QuickTime files can refer to pictures in other files. ffmpeg does not follow them by default, nor here. */
const NO_OTHER_FILES = ['-enable_drefs', '0', '-use_absolute_path', '0']

/**
 * The options that open a file in ffmpeg and ffprobe. Only local files may be opened, and only by this demuxer, also
 * where a file nests another. The path follows `file:`, so that no name is taken for an option or a URL.
 * @param path of the file as the decoder sees it
 */
export function inputOptions({ format }: VideoFile, path: string): string[] {
  const demuxer = DEMUXERS[format]
  return [
    ...['-protocol_whitelist', 'file', '-format_whitelist', demuxer],
    ...(demuxer === 'mov' ? NO_OTHER_FILES : []),
    ...['-f', demuxer, '-i', `file:${path}`],
  ]
}
