import { DEFAULT_LIMITS, type Limits, UnswapError } from '@unswap/contract'

/** The caller's limits over the defaults. */
export function resolveLimits(limits: Partial<Limits> = {}): Limits {
  return { ...DEFAULT_LIMITS, ...limits }
}

/** @throws UnswapError `media_empty` or `limit_bytes`. */
export function checkBytes(bytes: number, limits: Limits): void {
  if (bytes === 0) throw new UnswapError('media_empty', 'The file is empty.')
  if (bytes > limits.bytes) {
    throw new UnswapError(
      'limit_bytes',
      `The file has ${bytes} bytes; the limit is ${limits.bytes}. Raise the limit or use a smaller file.`,
    )
  }
}

/** @throws UnswapError `limit_pixels`. */
export function checkPixels(width: number, height: number, limits: Limits): void {
  if (width * height > limits.pixels) {
    throw new UnswapError(
      'limit_pixels',
      `The picture is ${width}×${height}, more than the limit of ${limits.pixels} pixels. Raise the limit or scale it down.`,
    )
  }
}

/** @throws UnswapError `limit_duration`. */
export function checkDuration(seconds: number, limits: Limits): void {
  if (seconds > limits.durationSeconds) {
    throw new UnswapError(
      'limit_duration',
      `The video lasts ${seconds.toFixed(1)} s; the limit is ${limits.durationSeconds} s. Raise the limit or cut the video.`,
    )
  }
}

/** @throws UnswapError `limit_frames`. */
export function checkFrames(frames: number, limits: Limits): void {
  if (frames > limits.frames) {
    throw new UnswapError(
      'limit_frames',
      `${frames} frames were asked for; the limit is ${limits.frames}. Ask for fewer frames or raise the limit.`,
    )
  }
}

/** The error for media whose decoding takes longer than an analysis may. */
export function decodingTooSlow({ seconds }: Limits): UnswapError {
  return new UnswapError(
    'limit_time',
    `Decoding took longer than ${seconds} s: analyse fewer frames, or raise the limit.`,
  )
}

/** @throws UnswapError `cancelled` once the signal is aborted. */
export function checkCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new UnswapError('cancelled', 'The analysis was cancelled.', { cause: signal.reason })
  }
}
