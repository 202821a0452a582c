import type { VideoFrame } from '@napi-rs/webcodecs'
import type { EncodedPacket } from 'mediabunny'
import { frameReleased } from './frame-memory.ts'

/** Most packets queued in the codec: enough for its threads; more would only take memory. */
const QUEUE = 8
/** Longest wait before the queue is checked again: an event can fire between the check and the wait. */
const CHECK_AGAIN_MS = 10

interface TimedFrame {
  readonly tick: number
  readonly frame: VideoFrame
  release(): void
}

/** Takes packets, and gives the frames that are kept, in order of presentation. */
export interface PacketDecoder {
  /** Queues a packet and waits until there is room for another. */
  feed(packet: EncodedPacket, tick: number): Promise<void>
  /** Waits for the frames of all packets so far; the next packet must be a key. */
  flush(): Promise<void>
  /** The next kept frame that is ready. The caller releases it. */
  take(): TimedFrame | undefined
  /** True once the codec has failed; it decodes nothing more. */
  failed(): boolean
  close(): void
}

/** @param keep which ticks to keep; other frames are released at once */
export function startPacketDecoder(
  native: typeof import('@napi-rs/webcodecs'),
  config: VideoDecoderConfig,
  keep: (tick: number) => boolean,
): PacketDecoder {
  // Frames come out in order of presentation with time stamps in order of decoding, so these are not used.
  const fed: number[] = []
  const ready: TimedFrame[] = []
  let failed = false
  const output = (frame: VideoFrame) => {
    const tick = fed.shift() ?? Number.NaN
    const release = releaser(frame)
    if (keep(tick)) ready.push({ tick, frame, release })
    else release()
  }
  const error = () => {
    failed = true
  }
  const decoder = new native.VideoDecoder({ output, error })
  decoder.configure({
    ...(config as object as Parameters<typeof decoder.configure>[0]),
    hardwareAcceleration: 'prefer-software',
  })
  return {
    async feed(packet, tick) {
      insertAscending(fed, tick)
      const { type, microsecondTimestamp: timestamp, data } = packet
      try {
        decoder.decode(new native.EncodedVideoChunk({ type, timestamp, data }))
      } catch {
        // The codec fails in its own thread, maybe since the last check.
        failed = true
      }
      while (!failed && decoder.decodeQueueSize > QUEUE) {
        await new Promise<void>((resolve) => {
          decoder.ondequeue = resolve
          setTimeout(resolve, CHECK_AGAIN_MS)
        })
      }
    },
    async flush() {
      if (!failed) await decoder.flush().catch(error)
    },
    take: () => ready.shift(),
    failed: () => failed,
    close() {
      for (const { release } of ready.splice(0)) release()
      if (decoder.state !== 'closed') decoder.close()
    },
  }
}

function releaser(frame: VideoFrame): () => void {
  const bytes = frame.allocationSize()
  return () => {
    frame.close()
    frameReleased(bytes)
  }
}

function insertAscending(ticks: number[], tick: number): void {
  let place = ticks.length
  while (place > 0 && ticks[place - 1]! > tick) place--
  ticks.splice(place, 0, tick)
}
