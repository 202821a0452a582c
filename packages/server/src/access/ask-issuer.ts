/** Largest answer in bytes; the keys of an issuer are a few thousand. */
const MOST_BYTES = 1024 ** 2
/** Longest wait for the issuer, and how long it is not asked again after it has failed. */
const PATIENCE_MILLISECONDS = 5000
const PAUSE_MILLISECONDS = 5000

/** Fetches a JSON document from the issuer; one that fails the check `fits` is an error. */
export type IssuerFetch = (
  url: string | URL,
  fits: (found: Record<string, unknown>) => boolean,
  options?: RequestInit,
) => Promise<Response>

/**
 * Fetches from the issuer with bounds on bytes and time. After a failure nothing is asked for `PAUSE_MILLISECONDS`,
 * so that a flood of tokens cannot flood the issuer.
 * @param now A clock in milliseconds
 */
export function createIssuerFetch(now: () => number): IssuerFetch {
  let failed: { readonly at: number; readonly cause: unknown } | null = null
  return async (url, fits, options = {}) => {
    if (failed && now() - failed.at < PAUSE_MILLISECONDS) throw failed.cause
    try {
      const answer = await fetch(url, {
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
        ...options,
      })
      const text = await readBounded(answer)
      if (!answer.ok) throw new Error(`the issuer answered ${answer.status}`)
      if (!fits(Object(JSON.parse(text)))) throw new Error('the issuer answered with another document')
      failed = null
      return new Response(text, { status: answer.status })
    } catch (cause) {
      failed = { at: now(), cause }
      throw cause
    }
  }
}

async function readBounded(answer: Response): Promise<string> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of answer.body ?? []) {
    bytes += piece.byteLength
    if (bytes > MOST_BYTES) throw new Error('the issuer answered with more than keys ever are')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}
