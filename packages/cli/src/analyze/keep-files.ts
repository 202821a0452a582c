import { mkdir, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { UnswapError } from '@unswap/contract'
import { type Analysis, renderEvidence, renderHtml } from '@unswap/detector'
import type { AnalyzeFlags } from './analyze-flags.ts'

/** Where the pages and pictures of the `index`-th of `total` files go; numbered, as two files may have one name. */
interface Place {
  readonly path: string
  readonly index: number
  readonly several: boolean
}

/**
 * Writes what `--html` and `--save-evidence` ask for, beside each other for several files.
 * @throws UnswapError `bad_option` for a place that cannot be written to
 */
export async function keepFiles(analysis: Analysis, flags: AnalyzeFlags, place: Place): Promise<void> {
  if (!flags.html && !flags.saveEvidence) return
  const files = await renderEvidence(analysis)
  if (flags.html) {
    const page = await pageFile(flags.html, place)
    const html = await renderHtml(analysis, { name: basename(place.path), files })
    await writing('--html', page, async () => {
      await mkdir(dirname(page), { recursive: true })
      await writeFile(page, html)
    })
  }
  if (flags.saveEvidence) {
    const folder = place.several ? join(flags.saveEvidence, numbered(place)) : flags.saveEvidence
    await writing('--save-evidence', folder, async () => {
      await mkdir(folder, { recursive: true })
      for (const { name, bytes } of files) await writeFile(join(folder, name), bytes)
    })
  }
}

/** A place that the system refuses to write to is a wrong option, not an internal error. */
async function writing(option: string, place: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new UnswapError('bad_option', `"${place}" cannot be written (${why}): choose another ${option}.`, {
      cause,
    })
  }
}

/** `out.html` itself for one file; `out-0001.html`, or `out/0001-photo.html` in a folder, for several. */
async function pageFile(html: string, place: Place): Promise<string> {
  const isFolder = await stat(html).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
  if (!place.several && !isFolder) return html
  const end = extname(html)
  if (end === '' || isFolder) return join(html, `${numbered(place)}.html`)
  return `${html.slice(0, -end.length)}-${serial(place.index)}${end}`
}

const serial = (index: number) => String(index + 1).padStart(4, '0')

/** `0001-photo`: the file's own name, with what some file systems refuse replaced. */
const numbered = ({ path, index }: Place) =>
  `${serial(index)}-${basename(path, extname(path))
    .replace(/[^\p{L}\p{N}._-]+/gu, '_')
    .slice(0, 80)}`
