import { UnswapError } from '@unswap/contract'
import type { PreparedFolder } from '@unswap/lab'

/** The rows of the split that was asked for; of `usual` where none was, and all where there are none of that. */
export function chooseSplit(
  prepared: PreparedFolder,
  asked: string | undefined,
  usual: string,
): PreparedFolder {
  const rows = prepared.rows.filter(({ split }) => split === (asked ?? usual))
  if (rows.length > 0) return { ...prepared, rows }
  if (asked === undefined) return prepared
  const there = [...new Set(prepared.rows.map(({ split }) => split))].join(', ')
  throw new UnswapError('bad_option', `There is no split ${asked} in ${prepared.folder}; it has ${there}.`)
}
