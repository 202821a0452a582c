import type { KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Report, type SigningKeySet, UnswapError } from '@unswap/contract'
import { readPublicKeys, readSigningKey, signReport, toKeySet } from '@unswap/detector'
import type { Config } from './config.ts'

/** Signs a report, or returns it unchanged when no key is configured. */
export type SignReport = (report: Report) => Report

/**
 * The configured signer. The key stays in this process; analysing processes never see it.
 * @throws UnswapError `signing_key_invalid`
 */
export function openReportSigner({ keyFile }: Config['signing']): SignReport {
  const key = readOwn(keyFile)
  return key === null ? (report) => report : (report) => signReport(report, key, new Date())
}

/**
 * The public keys whose signatures are the service's own: the present key first, then `publicKeyFiles`.
 * @throws UnswapError `signing_key_invalid`
 */
export function publishedSigningKeys({ keyFile, publicKeyFiles }: Config['signing']): SigningKeySet {
  const own = readOwn(keyFile)
  const others = publicKeyFiles.flatMap((file) => readPublicKeys(readText(file), file))
  return toKeySet([...(own === null ? [] : [own]), ...others])
}

const readOwn = (file: string): KeyObject | null =>
  file === '' ? null : readSigningKey(readText(file), file)

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const message = `The key file ${file} of the setting signing cannot be read (${code}). Make one with \`unswap signing new\`.`
    throw new UnswapError('signing_key_invalid', message, { cause })
  }
}
