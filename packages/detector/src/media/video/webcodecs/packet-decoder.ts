import type { VideoFrame } from '@napi-rs/webcodecs'
import type { EncodedPacket } from 'mediabunny'
import { frameReleased } from './frame-memory.ts'

/** Packets that wait in the codec: enough for its threads; more would only hold memory. */
const QUEUE = 8
/** The codec's signals can be missed between a check and a wait, so no wait is longer than this. */
const LOOK_AGAIN_MS = 10

interface TimedFrame {
  readonly tick: number
  readonly frame: VideoFrame
  release(): void
}

/** Packets in, kept frames out in order of presentation. */
export interface PacketDecoder {
  /** Hands a packet over and waits until the codec has room for another. */
  feed(packet: EncodedPacket, tick: number): Promise<void>
  /** Waits for the frames of all packets so far; the next packet must be a key. */
  flush(): Promise<void>
  /** The next kept frame that is ready. The caller releases it. */
  take(): TimedFrame | undefined
  /** True once the codec has given up. */
  failed(): boolean
  close(): void
}

/** @param keep Which ticks to keep; other frames are released as they come out. */
export function startPacketDecoder(
  native: typeof import('@napi-rs/webcodecs'),
  config: VideoDecoderConfig,
  keep: (tick: number) => boolean,
): PacketDecoder {
  // The codec stamps frames in order of decoding, though it puts them out in order of presentation.
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
        // The codec gives up in a thread of its own, and may have done so since it was asked last.
        failed = true
      }
      while (!failed && decoder.decodeQueueSize > QUEUE) {
        await new Promise<void>((resolve) => {
          decoder.ondequeue = resolve
          setTimeout(resolve, LOOK_AGAIN_MS)
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
