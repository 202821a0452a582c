import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { UnswapError } from '@unswap/contract'

/**
 * The bytes of a file of a model, after checking their SHA-256. Load these bytes, not the file again, so that what was
 * checked is what runs.
 * @param sha256 as the model's folder states it, in lower-case hexadecimal
 * @throws UnswapError `model_missing` or `model_corrupt`
 */
export async function readVerified(file: string, sha256: string): Promise<Uint8Array> {
  const bytes = await readModelFile(file)
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found === sha256) return bytes
  throw new UnswapError(
    'model_corrupt',
    `The model file ${file} is not the one that was released (sha256 ${found}, not ${sha256}): fetch it again.`,
  )
}

/**
 * The bytes of a file of a model.
 * @throws UnswapError `model_missing`
 */
export async function readModelFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new UnswapError(
      'model_missing',
      `The model file ${file} cannot be read: install Unswap again, or name the right folder of models.`,
      { cause },
    )
  }
}
