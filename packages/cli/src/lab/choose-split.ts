import { UnswapError } from '@unswap/contract'
import type { PreparedFolder } from '@unswap/lab'
import { note } from '../terminal/notices.ts'
import { printable } from '../terminal/printable.ts'

/**
 * The rows of the split that was asked for, or of `usual` where none was. Where `usual` has no rows, all are taken, with
 * a warning: the model may have been trained on them.
 * @throws UnswapError `bad_option` when the split that was asked for has no rows
 */
export function chooseSplit(
  prepared: PreparedFolder,
  asked: string | undefined,
  usual: string,
): PreparedFolder {
  const rows = prepared.rows.filter(({ split }) => split === (asked ?? usual))
  if (rows.length > 0) return { ...prepared, rows }
  const there = [...new Set(prepared.rows.map(({ split }) => split))].join(', ')
  if (asked === undefined) {
    note(
      `${printable(prepared.folder)} has no split ${usual}, so all of it is taken (${there}): ` +
        'the figures hold only for a model that was not trained on any of it',
    )
    return prepared
  }
  throw new UnswapError('bad_option', `There is no split ${asked} in ${prepared.folder}; it has ${there}.`)
}
