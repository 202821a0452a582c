/**
 * A controller that aborts on Ctrl-C or `kill`, so that decoders stop and temporary files are removed. A second signal
 * ends the process at once.
 */
export function cancelOnSignal(): AbortController {
  const controller = new AbortController()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const cancel = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      for (const name of signals) process.off(name, cancel)
      process.kill(process.pid, signal)
    }
    controller.abort()
  }
  for (const signal of signals) process.on(signal, cancel)
  return controller
}
