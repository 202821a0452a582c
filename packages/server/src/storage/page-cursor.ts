import { UnswapError } from '@unswap/contract'

/** One page of a list, and where the next one starts (null at the end). */
export interface Page<T> {
  readonly items: T[]
  readonly next: string | null
}

/** Writes the sort values of the last row of a page as an opaque cursor. */
export const writeCursor = (values: readonly (string | number | null)[]): string =>
  Buffer.from(JSON.stringify(values)).toString('base64url')

const foreign = () =>
  new UnswapError('bad_option', 'The cursor is not one of this list; start again without it.')

/**
 * Reads a cursor of `writeCursor`: a number (or null) and an id.
 * @throws UnswapError `bad_option` for anything else.
 */
export function readCursor(cursor: string): [number | null, string] {
  try {
    const [value, id, ...rest] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    const sortable = value === null || (typeof value === 'number' && Number.isFinite(value))
    if (sortable && typeof id === 'string' && !id.includes('\0') && rest.length === 0) return [value, id]
  } catch {}
  throw foreign()
}

/**
 * Reads a cursor of a list by time: whole milliseconds and an id.
 * @throws UnswapError `bad_option` for anything else.
 */
export function readTimeCursor(cursor: string): [number, string] {
  const [at, id] = readCursor(cursor)
  if (!Number.isSafeInteger(at)) throw foreign()
  return [at!, id]
}
