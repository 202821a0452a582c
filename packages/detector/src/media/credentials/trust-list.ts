import { createHash, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { UnswapError } from '@unswap/contract'

/** Certificates that are trusted to sign content credentials, themselves or through certificates that they issued. */
export interface TrustList {
  /** As PEM. */
  readonly anchors: string
  /** Of the file. */
  readonly sha256: string
}

/**
 * Reads a file of certificates in PEM, such as the C2PA trust list.
 * @throws UnswapError `trust_list_invalid`
 */
export async function readTrustList(file: string): Promise<TrustList> {
  try {
    const anchors = await readFile(file, 'utf8')
    const found = anchors.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
    for (const pem of found) new X509Certificate(pem)
    if (found.length === 0) throw new Error('it holds no certificate')
    return { anchors, sha256: createHash('sha256').update(anchors).digest('hex') }
  } catch (cause) {
    throw new UnswapError(
      'trust_list_invalid',
      `The list of trusted signers ${file} cannot be used (${(cause as Error).message}). It must hold certificates in PEM.`,
      { cause },
    )
  }
}
