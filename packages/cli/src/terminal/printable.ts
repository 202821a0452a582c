const ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\x1b': '\\e' }

/** What a terminal would act on, or what would reorder the text around it (bidirectional controls). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** Text from outside (a path, a decoder's message) with everything that a terminal would act on made visible. */
export function printable(text: string): string {
  return text.replace(
    UNSAFE,
    (char) => ESCAPES[char] ?? `\\u{${char.codePointAt(0)!.toString(16).padStart(2, '0')}}`,
  )
}
