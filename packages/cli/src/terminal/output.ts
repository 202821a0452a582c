/** Where results go: resolves once the text has been handed over, so that a slow reader slows the work down. */
export type Write = (text: string) => Promise<void>

/**
 * Writes to `stream`. A reader that goes away (`unswap … | head`) is no error: `onClosed` is called once and
 * later text is dropped.
 */
export function openOutput(stream: NodeJS.WritableStream, onClosed: () => void): Write {
  let closed = false
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    if (closed) return
    closed = true
    onClosed()
  })
  return (text) =>
    closed ? Promise.resolve() : new Promise((resolve) => stream.write(text, () => resolve()))
}
