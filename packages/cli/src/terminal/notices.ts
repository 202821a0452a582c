import type { UnswapError } from '@unswap/contract'
import { printable } from './printable.ts'

/** Says something beside the results. Stdout belongs to the results. */
export function note(text: string): void {
  process.stderr.write(`unswap: ${text}\n`)
}

/** Says what went wrong, with its code; messages may quote the media, so nothing in them reaches the terminal raw. */
export function complain(error: UnswapError, path?: string): void {
  const where = path === undefined ? '' : `${printable(path)}: `
  note(`${where}${printable(error.message)} [${error.code}]`)
}
