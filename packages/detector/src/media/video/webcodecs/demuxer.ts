import { type Limits, UnswapError } from '@unswap/contract'
import {
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputFormat,
  type InputVideoTrack,
  Logging,
  LogLevel,
  MATROSKA,
  MP4,
  QTFF,
  WEBM,
} from 'mediabunny'
import { checkCancelled, checkPixels } from '../../check-limits.ts'
import { startOf, turnOf, type VideoFile, type VideoStream, videoShape } from '../decoder.ts'
import { buildTimeline, type TimelineEntry } from '../frame-times.ts'
import { decoderMissing } from '../installed-decoders.ts'

// It must not log to the console of a program that uses this library.
Logging.level = LogLevel.Silent

/** ffmpeg's names of codecs, where they differ. */
const CODEC_NAMES: Readonly<Record<string, string>> = { avc: 'h264' }

const FORMATS: Readonly<Partial<Record<VideoFile['format'], InputFormat[]>>> = {
  mp4: [MP4, QTFF],
  mov: [MP4, QTFF],
  webm: [WEBM, MATROSKA],
  mkv: [WEBM, MATROSKA],
}

/** The first video stream of an open container. `release` closes the file. */
export interface OpenTrack {
  readonly track: InputVideoTrack
  readonly packets: EncodedPacketSink
  /** Seconds at which the first of all tracks begins. */
  firstTime(): Promise<number>
  release(): void
}

/** @throws UnswapError `decoder_missing` for other containers, `media_unreadable`, `media_no_video`. */
export async function openTrack(file: VideoFile): Promise<OpenTrack> {
  const formats = FORMATS[file.format]
  if (formats === undefined) {
    const name = file.format.toUpperCase()
    const convert = `ffmpeg -i video.${file.format} -c:v libx264 video.mp4`
    throw decoderMissing(`The bundled decoder cannot read ${name}; elsewhere, "${convert}" converts it`)
  }
  const input = new Input({ source: new FilePathSource(file.path), formats })
  try {
    const tracks = await input.getTracks()
    if (tracks.length === 0) throw new Error('it lists no streams')
    const track = tracks.find((candidate) => candidate.isVideoTrack())
    if (track === undefined) throw new UnswapError('media_no_video', 'The file has no video stream.')
    return {
      track,
      packets: new EncodedPacketSink(track),
      // What an edit list leaves out has times below zero.
      firstTime: async () => Math.max(0, await input.getFirstTimestamp()),
      release: () => input.dispose(),
    }
  } catch (cause) {
    input.dispose()
    throw damaged(cause)
  }
}

export interface ProbeTask {
  readonly file: VideoFile
  readonly limits: Limits
}

/** Lists the first video stream and the times of its frames from the container alone, as `VideoDecoder.probe` does. */
export async function probeWithMediabunny(
  file: VideoFile,
  limits: Limits,
  signal: AbortSignal,
): Promise<VideoStream> {
  const { track, packets, firstTime, release } = await openTrack(file)
  try {
    const codec = await track.getCodec()
    if (codec === null) throw decoderMissing('The bundled decoder does not know the codec of this video')
    const stored = { width: await track.getCodedWidth(), height: await track.getCodedHeight() }
    checkPixels(stored.width, stored.height, limits)
    const { num, den } = await track.getPixelAspectRatio()
    const { primaries = null, transfer = null } = await track.getColorSpace()
    const { entries, complete } = await listEntries(packets, signal)
    if (entries.length === 0) throw new UnswapError('media_no_frames', 'The video has no frames.')
    const tickSeconds = 1 / (await track.getTimeResolution())
    const timeline = buildTimeline(
      entries.map((entry) => ({ ...entry, tick: Math.round(entry.tick / tickSeconds) })),
      tickSeconds,
    )
    const firstFrame = timeline.ticks[0]! * tickSeconds
    return {
      codec: CODEC_NAMES[codec] ?? codec,
      shape: videoShape(stored, num / den, turnOf(await track.getTransformationMatrix())),
      colour: { primaries, transfer },
      timeline,
      start: startOf(firstFrame, await firstTime().catch(() => firstFrame)),
      numbered: false,
      interlaced: false,
      complete,
    }
  } catch (cause) {
    throw damaged(cause)
  } finally {
    release()
  }
}

/** Entries with times in seconds. Where the last frame of the table cannot be read, every frame is read. */
async function listEntries(packets: EncodedPacketSink, signal: AbortSignal) {
  const complete = (await packets.getPacket(Number.MAX_SAFE_INTEGER).catch(() => null)) !== null
  const entries: TimelineEntry[] = []
  try {
    for await (const packet of packets.packets(undefined, undefined, { metadataOnly: complete })) {
      checkCancelled(signal)
      // Frames that an edit list leaves out have times before the start.
      if (packet.timestamp < 0) continue
      entries.push({ tick: packet.timestamp, length: packet.duration, key: packet.type === 'key' })
    }
  } catch (cause) {
    if (cause instanceof UnswapError || entries.length === 0) throw cause
    return { entries, complete: false }
  }
  return { entries, complete }
}

/** An UnswapError as it is; any other error as `media_unreadable`. */
function damaged(cause: unknown): UnswapError {
  if (cause instanceof UnswapError) return cause
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new UnswapError('media_unreadable', `The video is damaged and cannot be read: ${detail}`, { cause })
}
