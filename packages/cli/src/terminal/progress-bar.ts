import { Presets, SingleBar } from 'cli-progress'

/** A progress bar over a whole batch; on anything but a terminal it does nothing. */
export interface Bar {
  /** `share` 0..1 over everything; `label` says what is being done. */
  update(share: number, label: string): void
  /** Removes the bar so that a line can be printed in its place; it comes back by itself. */
  clear(): void
  stop(): void
}

const NO_BAR: Bar = { update: () => {}, clear: () => {}, stop: () => {} }

/** Quick work needs no bar. */
const APPEARS_AFTER_MS = 700

export function openBar(stream: NodeJS.WriteStream, wanted: boolean): Bar {
  if (!wanted || !stream.isTTY) return NO_BAR
  const bar = new SingleBar(
    {
      stream,
      format: ' {bar} {percentage}%  {label}',
      barsize: 24,
      fps: 8,
      clearOnComplete: true,
      hideCursor: true,
      forceRedraw: true,
    },
    Presets.rect,
  )
  const opened = Date.now()
  let shown = false
  return {
    update(share, label) {
      if (!shown && Date.now() - opened < APPEARS_AFTER_MS) return
      if (!shown) bar.start(1000, 0, { label })
      shown = true
      bar.update(Math.round(share * 1000), { label: label.slice(0, Math.max(10, stream.columns - 40)) })
    },
    clear() {
      if (shown) stream.write('\r\x1b[K')
    },
    stop() {
      if (shown) bar.stop()
      shown = false
    },
  }
}
