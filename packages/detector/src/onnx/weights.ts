import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { UnswapError } from '@unswap/contract'

/**
 * The bytes of a file of weights, once their SHA-256 is what the manifest says. Load the bytes that this
 * returns, not the file again: so what was checked is what runs.
 * @throws UnswapError `model_missing` or `model_corrupt`
 */
export async function readVerified(file: string, sha256: string): Promise<Uint8Array> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (cause) {
    throw new UnswapError(
      'model_missing',
      `The model file ${file} cannot be read: install Unswap again, or name the right folder of models.`,
      { cause },
    )
  }
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found === sha256) return bytes
  throw new UnswapError(
    'model_corrupt',
    `The model file ${file} is not the one that its manifest names (sha256 ${found}, not ${sha256}): fetch it again.`,
  )
}
