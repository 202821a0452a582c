import { styleText } from 'node:util'

export type Style = Parameters<typeof styleText>[0]

/** Paints text for a terminal, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string

/** Colours only on a terminal, and never with `--no-color` or where the environment says NO_COLOR. */
export function painter(stream: NodeJS.WriteStream, wanted: boolean): Paint {
  if (!wanted) return (_style, text) => text
  return (style, text) => styleText(style, text, { stream, validateStream: true })
}
