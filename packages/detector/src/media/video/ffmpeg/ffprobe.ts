import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type Limits, UnswapError } from '@unswap/contract'
import { execa } from 'execa'
import { checkCancelled, checkPixels, decodingTooSlow } from '../../check-limits.ts'
import { type Size, startOf, turnOf, type VideoFile, type VideoStream, videoShape } from '../decoder.ts'
import { buildTimeline, type TimelineEntry } from '../frame-times.ts'
import { inputOptions } from './input-options.ts'
import {
  isolatedCommand,
  isolatedProcessOptions,
  killGroup,
  killGroupOn,
  outOfProcessorTime,
} from './isolation.ts'

const FIELDS = [
  'packet=pts,dts,duration,flags',
  'stream=codec_name,width,height,sample_aspect_ratio,time_base,nb_frames,color_primaries,color_transfer,field_order',
  'stream_side_data=displaymatrix',
  'format=start_time',
].join(':')

/** Containers that store times of some frames at most. */
const NUMBERED: readonly VideoFile['format'][] = ['avi', 'mpg', 'wmv', 'mxf']

/** More frames than four hours at 240 per second: a longer table is damaged or an attack. */
const MOST_ENTRIES = 4_000_000

/** Lines of errors that are kept from the start, and from the end. */
const KEPT_LINES = 200

/** Error lines by which demuxers say that the file ends early. */
const CUT_SHORT = /partial file|ended prematurely|truncated|unexpected EOF/i

type Fields = Readonly<Record<string, string>>

/** Lists the first video stream and the times of its frames from the container alone, as `VideoDecoder.probe` does. */
export async function probeWithFfprobe(
  file: VideoFile,
  limits: Limits,
  signal: AbortSignal,
): Promise<VideoStream> {
  const numbered = NUMBERED.includes(file.format)
  const { entries, stream, start, matrix, errors } = await listPackets(file, numbered, limits, signal)
  const damage = () =>
    new UnswapError(
      'media_unreadable',
      `The video is damaged and cannot be read: ${errors.slice(-3).join('; ')}`,
    )
  if (stream === undefined) {
    throw errors.length > 0 ? damage() : new UnswapError('media_no_video', 'The file has no video stream.')
  }
  const size = sizeOf(stream, errors)
  checkPixels(size.width, size.height, limits)
  if (entries.length === 0) {
    throw errors.length > 0 ? damage() : new UnswapError('media_no_frames', 'The video has no frames.')
  }
  if (!(size.width > 0 && size.height > 0)) throw damage()
  const timeline = buildTimeline(entries, ratio(stream.time_base))
  const firstFrame = timeline.ticks[0]! * timeline.tickSeconds
  return {
    codec: stream.codec_name ?? 'unknown',
    shape: videoShape(size, ratio(stream.sample_aspect_ratio), turnOf(matrix)),
    colour: { primaries: stream.color_primaries ?? null, transfer: stream.color_transfer ?? null },
    timeline,
    start: startOf(firstFrame, start ?? firstFrame),
    numbered,
    interlaced: isInterlaced(stream.field_order),
    complete: !errors.some((line) => CUT_SHORT.test(line)) && !(numbered && endsEarly(entries, stream)),
  }
}

async function listPackets(file: VideoFile, numbered: boolean, limits: Limits, signal: AbortSignal) {
  const bounds = { pixels: mostPixels(limits), seconds: limits.seconds, threads: 1 }
  const [program, options] = await isolatedCommand('ffprobe', file.path, bounds, (path) => [
    ...['-hide_banner', '-v', 'error', '-max_pixels', String(bounds.pixels), '-fflags', '+discardcorrupt'],
    ...inputOptions(file, path),
    ...['-select_streams', 'V:0', '-show_entries', FIELDS, '-of', 'compact=nk=0:p=1:e=none'],
  ])
  const probing = execa(program, options, { ...isolatedProcessOptions(), buffer: false, reject: false })
  killGroupOn(signal, probing)
  const errorLines = readErrorLines(probing.stderr)
  const entries: TimelineEntry[] = []
  let stream: Fields | undefined
  let start: number | undefined
  const matrix: number[] = []
  for await (const line of createInterface({ input: probing.stdout })) {
    const fields = fieldsOf(line)
    if (line.startsWith('packet|')) entries.push(...entryOf(fields, numbered))
    else if (line.startsWith('stream|')) stream = fields
    else if (line.startsWith('format|')) start = numberOf(fields.start_time)
    else matrix.push(...matrixRow(line))
    if (entries.length > MOST_ENTRIES) {
      killGroup(probing)
      throw new UnswapError('limit_frames', `The video lists more than ${MOST_ENTRIES} frames.`)
    }
  }
  const ended = await probing
  checkCancelled(signal)
  if (outOfProcessorTime(ended)) throw decodingTooSlow(limits)
  return { entries, stream, start, matrix, errors: await errorLines }
}

const numberOf = (text = '') => (Number.isFinite(Number.parseFloat(text)) ? Number(text) : undefined)

/** The three numbers of a row of the display matrix, which ffprobe prints on lines of their own. */
function matrixRow(line: string): number[] {
  const [, numbers] = /^0000000[0-2]:((?: +-?\d+){3})$/.exec(line) ?? []
  return numbers?.trim().split(/ +/).map(Number) ?? []
}

/** By ffprobe's `field_order`: `progressive`, the order of the fields (`tt`, `bt`, …), or unknown. */
function isInterlaced(order: string | undefined): boolean | null {
  if (order === 'progressive') return false
  return /^[tb]{2}$/.test(order ?? '') ? true : null
}

/** The first and the last lines on standard error; a damaged file can produce millions. */
async function readErrorLines(stderr: Readable): Promise<readonly string[]> {
  const first: string[] = []
  const last: string[] = []
  for await (const line of createInterface({ input: stderr })) {
    if (line === '') continue
    if (first.length < KEPT_LINES) first.push(line)
    else last.push(line)
    if (last.length > KEPT_LINES) last.shift()
  }
  return [...first, ...last]
}

/** Pixels that the codec may allocate while probing: the limit, and the padding that codecs add. */
function mostPixels(limits: Limits): number {
  return Math.ceil(limits.pixels * 1.25) + 128 * 128
}

/** The size by the container, or the one for which `-max_pixels` refused the codec. */
function sizeOf(stream: Fields, errors: readonly string[]): Size {
  const [, width, height] = /Picture size (\d+)x(\d+) exceeds/.exec(errors.join(' ')) ?? []
  return { width: Number(width ?? stream.width), height: Number(height ?? stream.height) }
}

function fieldsOf(line: string): Fields {
  const fields: Record<string, string> = {}
  for (const field of line.split('|')) {
    const equals = field.indexOf('=')
    if (equals > 0) fields[field.slice(0, equals)] = field.slice(equals + 1)
  }
  return fields
}

/** The entry of a packet; none for a packet that an edit list leaves out. */
function entryOf(packet: Fields, numbered: boolean): TimelineEntry[] {
  const { pts, dts, duration, flags = '' } = packet
  const tick = Number(numbered || pts === 'N/A' ? dts : pts)
  if (!Number.isSafeInteger(tick) || flags.includes('D')) return []
  return [{ tick, length: Number(duration) || 0, key: flags.includes('K') }]
}

/** Whether an AVI has fewer frames than its header says. */
function endsEarly(entries: readonly TimelineEntry[], stream: Fields): boolean {
  const last = entries.at(-1)!
  return last.tick + Math.max(1, last.length) < 0.98 * Number(stream.nb_frames)
}

/** "16:9" or "1/15360" as a number; NaN where unknown. */
function ratio(text = ''): number {
  const [numerator, denominator] = text.split(/[:/]/).map(Number)
  return (numerator ?? Number.NaN) / (denominator ?? Number.NaN)
}
