import type { VideoFile } from './decoder.ts'
import type { VideoFormat } from './kind.ts'

const DEMUXERS: Record<VideoFormat, string> = {
  mp4: 'mov',
  mov: 'mov',
  webm: 'matroska',
  mkv: 'matroska',
  avi: 'avi',
}

/**
 * The options that open a file in ffmpeg and ffprobe: local files alone, the demuxer fixed, and the path behind `file:`
 * so that no name is taken for an option or a URL.
 */
export function inputOptions(file: VideoFile): string[] {
  return ['-protocol_whitelist', 'file,pipe', '-f', DEMUXERS[file.format], '-i', `file:${file.path}`]
}
