import type { KeyObject } from 'node:crypto'
import { UnswapError } from '@unswap/contract'
import { readPublicKeys } from '@unswap/detector'
import { readText } from '../signing/key-file.ts'

const MOST_BYTES = 1024 ** 2
const FETCH_MS = 15_000

/**
 * The keys that the user trusts.
 * @throws UnswapError `signing_key_invalid`
 */
export async function trustedKeys(files: readonly string[], set: string | undefined): Promise<KeyObject[]> {
  const places = set === undefined ? files : [...files, set]
  const keys = await Promise.all(
    places.map(async (place) =>
      readPublicKeys(/^https?:\/\//.test(place) ? await fetchText(place) : await readText(place), place),
    ),
  )
  return keys.flat()
}

async function fetchText(url: string): Promise<string> {
  const failed = (fault: string, cause?: unknown) =>
    new UnswapError('signing_key_invalid', `The keys at ${url} cannot be fetched: ${fault}.`, { cause })
  let bytes = Buffer.alloc(0)
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS) })
    if (!answer.ok) throw failed(`the server answers ${answer.status}`)
    for await (const chunk of answer.body ?? []) {
      bytes = Buffer.concat([bytes, chunk])
      if (bytes.length > MOST_BYTES) throw failed('the answer is too long for a set of keys')
    }
  } catch (cause) {
    if (cause instanceof UnswapError) throw cause
    throw failed((cause as Error).message, cause)
  }
  return bytes.toString('utf8')
}
