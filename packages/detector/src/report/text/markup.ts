/** Text that is already markup; everything else is escaped when it is put into a template. */
export interface Markup {
  readonly markup: string
}

type Part = Markup | string | number | null | false | readonly Part[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

// Characters that XML 1.0 forbids, and those that turn the direction of text and so can disguise a name.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g

/** Makes a string safe as text or as a quoted attribute of HTML and XML. */
function escapeMarkup(text: string): string {
  return text
    .toWellFormed()
    .replace(UNPRINTABLE, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}

function write(part: Part): string {
  if (part === null || part === false) return ''
  if (typeof part === 'number') return String(part)
  if (typeof part === 'string') return escapeMarkup(part)
  if ('markup' in part) return part.markup
  return part.map(write).join('')
}

/** A template of HTML or SVG: strings are escaped, `Markup` is kept, arrays are joined, null and false vanish. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0]!
  for (const [index, part] of parts.entries()) text += write(part) + strings[index + 1]!
  return { markup: text }
}
