import { UnswapError } from '@unswap/contract'

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/
const LONGEST = 512

/**
 * Returns the name when it has only allowed characters and cannot leave its folder.
 * @throws UnswapError `bad_option` otherwise
 */
export function checkBlobName(name: string): string {
  if (name.length <= LONGEST && NAME.test(name)) return name
  throw new UnswapError(
    'bad_option',
    'A blob’s name may hold letters, digits, dots, dashes, underscores and slashes.',
  )
}

/**
 * Returns the prefix when it is empty or a valid name that ends with a slash.
 * @throws UnswapError `bad_option` otherwise
 */
export function checkBlobPrefix(prefix: string): string {
  if (prefix !== '') checkBlobName(prefix.endsWith('/') ? prefix.slice(0, -1) : '')
  return prefix
}

/**
 * The prefix of all blobs of an analysis. It starts with the last two characters of the id, which spread over 256
 * folders. The first ones would not: ids start with their time.
 */
export const analysisPrefix = (id: string): string => `analyses/${id.slice(-2)}/${id}/`

/** The name of an analysis’s media. */
export const mediaBlobName = (id: string): string => `${analysisPrefix(id)}media`

/**
 * The prefix of the evidence of one run. Each run has its own, so that a run that lost its lease removes nothing of
 * another.
 */
export const evidencePrefix = (id: string, token: number): string => `${analysisPrefix(id)}${token}/`
