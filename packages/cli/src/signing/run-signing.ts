import { keyIdOf, publicPem, readPublicKeys, toKeySet } from '@unswap/detector'
import type { Outcome } from '../exit-status.ts'
import { readText, writeSigningKey } from './key-file.ts'

/** Makes a key. The public half alone goes to standard output, so that a script can take it. */
export async function runSigningNew(file: string): Promise<Outcome> {
  const key = await writeSigningKey(file)
  process.stderr.write(`${file}: key ${keyIdOf(key)}. Keep it secret; give away what follows.\n`)
  process.stdout.write(publicPem(key))
  return 'done'
}

export async function runSigningShow(files: readonly string[], { jwks }: { jwks?: true }): Promise<Outcome> {
  const texts = await Promise.all(files.map(async (file) => readPublicKeys(await readText(file), file)))
  const keys = texts.flat()
  process.stdout.write(jwks ? `${JSON.stringify(toKeySet(keys), null, 2)}\n` : keys.map(publicPem).join(''))
  return 'done'
}
