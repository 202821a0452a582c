/**
 * The pause after a try that failed: `first`, doubled with each further try, at most `longest`. For retries whose time
 * is kept in the database; those within one process use `p-retry`.
 * @param attempt Number of the try that failed, from 1
 * @returns In the unit of `first` and `longest`
 */
export const exponentialBackoff = (attempt: number, first: number, longest: number): number =>
  Math.min(longest, first * 2 ** (attempt - 1))
