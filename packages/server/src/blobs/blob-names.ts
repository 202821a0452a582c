import { UnswapError } from '@unswap/contract'

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/
const LONGEST = 512

/**
 * The name as it is, when it can leave neither its folder nor the allowed letters.
 * @throws UnswapError `bad_option` otherwise.
 */
export function checkBlobName(name: string): string {
  if (name.length <= LONGEST && NAME.test(name)) return name
  throw new UnswapError(
    'bad_option',
    'A blob’s name may hold letters, digits, dots, dashes, underscores and slashes.',
  )
}

/** A prefix that is empty or a name with a slash behind it. */
export function checkBlobPrefix(prefix: string): string {
  if (prefix !== '') checkBlobName(prefix.endsWith('/') ? prefix.slice(0, -1) : '')
  return prefix
}

/**
 * Where everything of one analysis lies. The last two characters of the id come first, so that a folder of a
 * million analyses stays a folder of 256; ids start with their time, so their first characters would not spread.
 */
export const analysisPrefix = (id: string): string => `analyses/${id.slice(-2)}/${id}/`

/** The name of an analysis’s media. */
export const mediaBlobName = (id: string): string => `${analysisPrefix(id)}media`

/** Where one run of an analysis puts its evidence; a run that lost its lease can remove its own and no other’s. */
export const evidencePrefix = (id: string, token: number): string => `${analysisPrefix(id)}${token}/`
