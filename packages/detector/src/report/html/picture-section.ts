import type { EvidenceFile, EvidenceRole } from '../evidence/render-evidence.ts'
import { type Markup, markup } from '../text/markup.ts'

/** The file with a role, of one face or (null) of the whole media. */
export const findFile = (files: readonly EvidenceFile[], role: EvidenceRole, faceId: string | null) =>
  files.find((file) => file.role === role && file.faceId === faceId)

/** A figure whose picture is part of the page itself; nothing where there is no such file. */
export function renderFigure(
  file: EvidenceFile | undefined,
  words: { readonly alt: string; readonly caption: string | null; readonly kind: string },
): Markup | null {
  if (file === undefined) return null
  const { buffer, byteOffset, byteLength } = file.bytes
  const data = Buffer.from(buffer, byteOffset, byteLength).toString('base64')
  return markup`<figure class="${words.kind}"><img src="data:${file.type};base64,${data}" width="${file.width}" height="${file.height}" alt="${words.alt}">${words.caption !== null && markup`<figcaption>${words.caption}</figcaption>`}</figure>`
}
