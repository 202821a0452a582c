import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { UnswapError } from '@unswap/contract'
import { execa } from 'execa'

/** Lines of the trainer's that an error quotes. */
const QUOTED = 4

export interface Trainer {
  /** That of `setUpTrainerPython`. */
  readonly python: string
  /** Folder of the trainer's source. */
  readonly trainer: string
}

export interface TrainerRun {
  readonly signal?: AbortSignal | undefined
  /** Of its standard output. */
  readonly onLine?: (line: string) => void
}

/**
 * Runs a command of the trainer to its end. On the signal it is asked to stop: `train` ends its step and saves.
 * @throws UnswapError `training_failed` with what the trainer said last; `cancelled`
 */
export async function runTrainer(
  { python, trainer }: Trainer,
  command: string,
  args: readonly string[],
  { signal, onLine }: TrainerRun = {},
): Promise<void> {
  const stopped = () =>
    new UnswapError('cancelled', 'Training was stopped; the same command goes on with it.')
  if (signal?.aborted) throw stopped()
  const child = execa(python, ['-u', '-m', `unswap_trainer.${command}`, ...args], {
    env: { PYTHONPATH: trainer, ORT_DISABLE_TELEMETRY: '1', OMP_WAIT_POLICY: 'passive' },
    stdin: 'ignore',
    reject: false,
    buffer: false,
  })
  const stop = () => void child.kill('SIGTERM')
  signal?.addEventListener('abort', stop)
  const last: string[] = []
  try {
    const read = async (stream: Readable, tell?: (line: string) => void) => {
      for await (const line of createInterface({ input: stream })) {
        last.push(line)
        if (last.length > QUOTED) last.shift()
        tell?.(line)
      }
    }
    // warnings of libraries come on stderr: they are told only where the command fails
    await Promise.all([read(child.stdout, onLine), read(child.stderr)])
    const { failed, exitCode } = await child
    if (signal?.aborted) throw stopped()
    if (!failed) return
    const said = last.filter((line) => line.trim() !== '').join(' · ')
    throw new UnswapError(
      'training_failed',
      `${command} ended with ${exitCode ?? 'a signal; there may be too little memory'}. It said: ${said || 'nothing'}`,
    )
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}
