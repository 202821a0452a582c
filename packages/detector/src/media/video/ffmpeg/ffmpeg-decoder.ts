import { UnswapError } from '@unswap/contract'
import { execa } from 'execa'
import { decodingTooSlow } from '../../check-limits.ts'
import type { DecodedFrame, DecodeRequest, VideoDecoder } from '../decoder.ts'
import { planRuns, type Run } from '../frame-times.ts'
import { ffmpegVersion } from '../installed-decoders.ts'
import { toSrgb } from '../to-srgb.ts'
import { readFfmpegLog } from './damage-log.ts'
import { probeWithFfprobe } from './ffprobe.ts'
import { type Abilities, abilitiesOf, filters } from './filter-chain.ts'
import { inputOptions } from './input-options.ts'
import {
  endedBySignal,
  isolatedCommand,
  isolatedProcessOptions,
  killGroup,
  killGroupOn,
  outOfProcessorTime,
} from './isolation.ts'
import { givePicture, takePicture } from './picture-memory.ts'

/** Pixels that ffmpeg decodes in the time in which another ffmpeg starts and seeks; about 30 million were measured. */
const START_PIXELS = 40_000_000

/** Containers in which ffmpeg finds a keyframe exactly. */
const INDEXED: readonly DecodeRequest['file']['format'][] = ['mp4', 'mov', 'webm', 'mkv']

/** Decodes in an isolated process that can be killed at any time. */
export const ffmpegDecoder: VideoDecoder = { name: 'ffmpeg', probe: probeWithFfprobe, decode }

async function* decode(request: DecodeRequest): AsyncGenerator<DecodedFrame, void, undefined> {
  const { stream, chosen } = request
  const { width, height } = stream.shape.stored
  // A stream without times is decoded from its start, as its frames are counted from there. Others have no index.
  const worthwhile =
    stream.numbered || !INDEXED.includes(request.file.format)
      ? Number.POSITIVE_INFINITY
      : START_PIXELS / (width * height)
  const abilities = abilitiesOf(await ffmpegVersion())
  for (const run of planRuns(stream.timeline, chosen, worthwhile)) yield* decodeRun(request, run, abilities)
}

async function* decodeRun(request: DecodeRequest, run: Run, abilities: Abilities) {
  const { stream, threads, signal, onDamage } = request
  const { width, height } = stream.shape.upright
  const positions = new Map(run.chosen.map((position) => [stream.timeline.ticks[position]!, position]))
  const bounds = { pixels: width * height, seconds: request.limits.seconds, threads }
  const [program, options] = await isolatedCommand('ffmpeg', request.file.path, bounds, (path) =>
    decodeOptions(request, run, abilities, path),
  )
  const decoding = execa(program, options, {
    ...isolatedProcessOptions(),
    buffer: false,
    encoding: 'buffer',
    reject: false,
  })
  killGroupOn(signal, decoding)
  const log = readFfmpegLog(decoding.stderr)
  let frames = 0
  try {
    for await (const data of split(decoding.stdout, width * height * 3)) {
      const tick = await log.tick(frames)
      const position = stream.numbered ? run.chosen[frames] : positions.get(tick)
      frames++
      if (position !== undefined) {
        toSrgb(data, stream.colour)
        yield { position, picture: { width, height, data }, release: () => givePicture(data) }
      }
      if (frames === run.chosen.length) return
    }
    const ended = await decoding
    if (signal.aborted) return
    if (log.outOfTime() || outOfProcessorTime(ended)) throw decodingTooSlow(request.limits)
    const killedBy = endedBySignal(ended)
    if (killedBy !== undefined) {
      throw new UnswapError('decoder_failed', `ffmpeg was ended by ${killedBy}: ${log.lastError()}`, {
        retryable: true,
      })
    }
  } finally {
    killGroup(decoding)
    await decoding
    if (log.damaged()) onDamage()
  }
}

function decodeOptions(
  { file, stream, threads }: DecodeRequest,
  run: Run,
  abilities: Abilities,
  path: string,
): string[] {
  const { ticks, tickSeconds } = stream.timeline
  const first = Math.ceil(ticks[run.chosen[0]!]! * tickSeconds * 1e6) / 1e6
  const seek = run.from === 0 ? [] : ['-seek_timestamp', '1', '-ss', first.toFixed(6), '-noaccurate_seek']
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'repeat+level+info'],
    ...['-threads', String(threads), '-filter_threads', String(threads)],
    ...['-noautorotate', '-copyts', '-fflags', '+discardcorrupt'],
    ...seek,
    ...inputOptions(file, path),
    ...['-map', '0:V:0', abilities.modern ? '-fps_mode' : '-vsync', 'passthrough'],
    // ffmpeg holds each frame back until the next one comes, so it must know which is the last.
    ...['-frames:v', String(run.chosen.length)],
    ...['-vf', filters(stream, run, abilities)],
    ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-flush_packets', '1', 'pipe:1'],
  ]
}

/** Cuts a stream of bytes into pictures of `size` bytes. An incomplete last one is dropped. */
async function* split(
  stream: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let picture: Uint8Array | null = null
  let filled = 0
  try {
    for await (const chunk of stream) {
      for (let offset = 0; offset < chunk.length; ) {
        picture ??= takePicture(size)
        const part = chunk.subarray(offset, offset + size - filled)
        picture.set(part, filled)
        filled += part.length
        offset += part.length
        if (filled < size) continue
        const whole = picture
        picture = null
        filled = 0
        yield whole
      }
    }
  } finally {
    if (picture) givePicture(picture)
  }
}
