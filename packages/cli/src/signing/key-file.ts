import type { KeyObject } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { UnswapError } from '@unswap/contract'
import { createSigningKey, readSigningKey } from '@unswap/detector'

/**
 * The private key in a file.
 * @throws UnswapError `signing_key_invalid`
 */
export const loadSigningKey = async (file: string): Promise<KeyObject> =>
  readSigningKey(await readText(file), file)

/**
 * The text of a file with keys.
 * @throws UnswapError `signing_key_invalid`
 */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new UnswapError(
      'signing_key_invalid',
      `The key file ${file} cannot be read (${(cause as NodeJS.ErrnoException).code}). Make one with \`unswap signing new ${file}\`.`,
      { cause },
    )
  }
}

/**
 * Makes a key that its owner alone can read. A file that is there is never overwritten: reports may rest on it.
 * @throws UnswapError `bad_option`
 */
export async function writeSigningKey(file: string): Promise<KeyObject> {
  const pem = createSigningKey()
  try {
    await writeFile(file, pem, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'EEXIST' ? 'it is there already, and is never overwritten' : code
    throw new UnswapError('bad_option', `The key cannot be written to ${file}: ${why}.`, { cause })
  }
  return readSigningKey(pem, file)
}
