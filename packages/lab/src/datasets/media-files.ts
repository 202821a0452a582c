import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { UnswapError } from '@unswap/contract'

const VIDEOS = new Set(['.mp4', '.mov', '.webm', '.mkv', '.avi', '.m4v'])
const IMAGES = new Set(['.jpg', '.jpeg', '.png', '.webp', '.avif', '.tif', '.tiff', '.heic', '.bmp'])

export interface MediaFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string
  readonly kind: 'video' | 'image'
}

/** All media below a folder of the root, in order of path; none when the folder is not there. Hidden files are left out. */
export async function listMedia(root: string, folder = '.'): Promise<MediaFile[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .flatMap((entry): MediaFile[] => {
      const path = join(entry.parentPath, entry.name)
        .slice(join(root, '.').length + 1)
        .replaceAll('\\', '/')
      const extension = extname(entry.name).toLowerCase()
      if (VIDEOS.has(extension)) return [{ path, kind: 'video' }]
      return IMAGES.has(extension) ? [{ path, kind: 'image' }] : []
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** Names of the folders directly in a folder of the root. */
export async function listFolders(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
}

/** The text of a list that comes with a data set, or null when it is not there. */
export async function readList(root: string, path: string): Promise<string | null> {
  return readFile(join(root, path), 'utf8').catch(() => null)
}

/** @throws UnswapError `bad_option` when there is none */
export function requireItems<T>(items: readonly T[], root: string, layout: string): void {
  if (items.length > 0) return
  throw new UnswapError(
    'bad_option',
    `${root} holds nothing of the layout ${layout}. Check the folder's name.`,
  )
}

/** A path without its folders and extension. */
export function stem(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '')
}
