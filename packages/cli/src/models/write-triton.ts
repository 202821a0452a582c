import { resolve } from 'node:path'
import { type TritonOptions, writeTritonRepository } from '@unswap/detector'

/** What the user chose for `unswap models triton`. */
interface TritonFlags {
  readonly modelsDir: string
  readonly out: string
  readonly device: TritonOptions['device']
  readonly variants: 'both' | 'int8' | 'float'
  readonly instances: number
  readonly maxBatch: number
  readonly delay: number
}

/** `unswap models triton`: writes the repository and prints how to serve it. */
export async function writeTriton(flags: TritonFlags): Promise<void> {
  const { modelsDir, out, device, variants, instances, maxBatch, delay } = flags
  const ids = await writeTritonRepository(out, {
    modelsDir,
    device,
    instances,
    maxBatch,
    delayMicroseconds: delay,
    ...(variants !== 'both' && { variants: [variants] }),
  })
  process.stdout.write(
    `${ids.join(', ')}: written to ${out}\n` +
      `Serve it:  tritonserver --model-repository=${resolve(out)}\n` +
      'Use it:    SCORING_URL=http://HOST:8000, or unswap analyze --scoring-url http://HOST:8000\n',
  )
}
