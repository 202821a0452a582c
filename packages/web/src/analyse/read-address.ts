/** The address in a text, if it is one and nothing else. */
export function readAddress(text: string): string | null {
  const trimmed = text.trim()
  return /^https?:\/\/\S+$/i.test(trimmed) && URL.canParse(trimmed) ? trimmed : null
}

/** What was typed as an address; without a scheme it is one of the web. */
export const completeAddress = (typed: string): string =>
  /^[a-z]+:/i.test(typed.trim()) ? typed.trim() : `https://${typed.trim()}`
