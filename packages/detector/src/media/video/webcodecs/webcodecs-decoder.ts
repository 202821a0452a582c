import type { Limits } from '@unswap/contract'
import type { EncodedPacket } from 'mediabunny'
import { runInWorkerThread } from '../../worker-thread.ts'
import type { DecodedFrame, DecodeRequest, VideoDecoder, VideoFile, VideoStream } from '../decoder.ts'
import { planRuns, type Run } from '../frame-times.ts'
import { decoderMissing, loadBundledDecoder } from '../installed-decoders.ts'
import { type OpenTrack, openTrack, type ProbeTask } from './demuxer.ts'
import { uprightPicture } from './native-frame.ts'
import { type PacketDecoder, startPacketDecoder } from './packet-decoder.ts'

/** Pixels that are decoded in the time that starting again at a keyframe takes; there is no new process. */
const START_PIXELS = 4_000_000

/**
 * Decodes inside this process with codecs from an npm package, for machines without ffmpeg. Unlike with ffmpeg, a file
 * that crashes the codec ends this process.
 */
export const bundledDecoder: VideoDecoder = { name: 'webcodecs', probe, decode }

function probe(file: VideoFile, limits: Limits, signal: AbortSignal): Promise<VideoStream> {
  const task: ProbeTask = { file, limits }
  return runInWorkerThread(new URL('./demuxer-thread.ts', import.meta.url), task, limits, signal)
}

async function* decode(request: DecodeRequest): AsyncGenerator<DecodedFrame, void, undefined> {
  const native = await loadBundledDecoder()
  const { stream, chosen, file } = request
  const { width, height } = stream.shape.stored
  const track = await openTrack(file)
  try {
    const config = await track.track.getDecoderConfig()
    if (config === null || !(await decodes(native, config))) {
      throw decoderMissing(`The bundled decoder cannot decode ${stream.codec}`)
    }
    for (const run of planRuns(stream.timeline, chosen, START_PIXELS / (width * height))) {
      const wanted = new Map(run.chosen.map((position) => [stream.timeline.ticks[position]!, position]))
      const decoder = startPacketDecoder(native, config, (tick) => wanted.has(tick))
      yield* decodeRun(decoder, track, request, run, wanted)
    }
  } finally {
    track.release()
  }
}

type Native = Awaited<ReturnType<typeof loadBundledDecoder>>

/** Whether the codec is built in. Without this check, a video with an unknown codec would seem damaged. */
async function decodes({ VideoDecoder }: Native, config: VideoDecoderConfig): Promise<boolean> {
  const asked = config as object as Parameters<typeof VideoDecoder.isConfigSupported>[0]
  return (await VideoDecoder.isConfigSupported(asked)).supported
}

async function* decodeRun(
  decoder: PacketDecoder,
  track: OpenTrack,
  { stream, signal, onDamage }: DecodeRequest,
  run: Run,
  wanted: ReadonlyMap<number, number>,
): AsyncGenerator<DecodedFrame, void, undefined> {
  const { ticks, tickSeconds } = stream.timeline
  async function* finished(): AsyncGenerator<DecodedFrame, void, undefined> {
    for (let next = decoder.take(); next !== undefined; next = decoder.take()) {
      try {
        yield { position: wanted.get(next.tick)!, picture: await uprightPicture(next.frame, stream) }
      } finally {
        next.release()
      }
    }
  }
  let missing = run.chosen.length
  try {
    for await (const packet of packetsFrom(track, ticks[run.chosen[0]!]! * tickSeconds, onDamage)) {
      if (signal.aborted || decoder.failed()) break
      const tick = Math.round(packet.timestamp / tickSeconds)
      await decoder.feed(packet, tick)
      yield* finished()
      if (wanted.has(tick) && --missing === 0) break
    }
    if (signal.aborted) return
    await decoder.flush()
    yield* finished()
  } finally {
    decoder.close()
    if (decoder.failed()) onDamage()
  }
}

/** The packets from the keyframe at or before `seconds` on, until the end or a damaged place of the container. */
async function* packetsFrom({ packets }: OpenTrack, seconds: number, onDamage: () => void) {
  try {
    const key = await packets.getKeyPacket(seconds, { verifyKeyPackets: true })
    for await (const packet of packets.packets(key ?? undefined)) {
      // Frames stored after the keyframe but shown before it need frames from before it.
      if (key === null || packet.timestamp >= key.timestamp) yield packet satisfies EncodedPacket
    }
  } catch {
    onDamage()
  }
}
