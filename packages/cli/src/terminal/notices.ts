import type { UnswapError } from '@unswap/contract'
import { printable } from './printable.ts'

/** Says something beside the results. Stdout belongs to the results. */
export function note(text: string): void {
  process.stderr.write(`unswap: ${text}\n`)
}

interface Complaint {
  /** The file that it is about. */
  readonly path?: string
  /** The option of the command that makes it go away. */
  readonly option?: string | undefined
}

/** Says what went wrong, with its code; messages may quote the media, so nothing in them reaches the terminal raw. */
export function complain(error: UnswapError, { path, option }: Complaint = {}): void {
  const where = path === undefined ? '' : `${printable(path)}: `
  const remedy = option === undefined ? '' : ` (${option})`
  note(`${where}${printable(error.message)}${remedy} [${error.code}]`)
}
