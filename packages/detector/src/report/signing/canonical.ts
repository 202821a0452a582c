import { type Report, UnswapError } from '@unswap/contract'
import canonicalize from 'canonicalize'

/** A report and the other keys of the object that it came in. */
type Parsed = Readonly<Record<string, unknown>>

/** The bytes that a signature covers: the canonical JSON (RFC 8785) of the report, without `signature.value`. */
export function signedBytes(report: Report | Parsed): Buffer {
  const { signature, ...rest } = report as Record<string, unknown>
  const { value: _, ...envelope } = (signature ?? {}) as Record<string, unknown>
  return Buffer.from(canonicalize({ ...rest, signature: envelope })!, 'utf8')
}

/**
 * The JSON object in a text. An object that names a key twice is refused: readers differ in which they believe,
 * so that a signature would say nothing of what is read.
 * @throws UnswapError `report_malformed`
 */
export function parseSigned(text: string): Parsed {
  const malformed = (fault: string, cause?: unknown) =>
    new UnswapError('report_malformed', `The report ${fault}. Fetch it again from where it came.`, { cause })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw malformed('is not JSON; it may be cut off', cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed('is not one JSON object')
  }
  if (keysWritten(text) !== keysOf(value)) throw malformed('names a key twice in one object')
  return value as Parsed
}

/**
 * Keys as they are written in text that is JSON: strings with a colon behind them. Regular expressions run out of
 * stack on long strings.
 */
function keysWritten(text: string): number {
  let keys = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    do at += text[at] === '\\' ? 2 : 1
    while (text[at] !== '"')
    do at++
    while (/\s/.test(text[at] ?? ''))
    if (text[at] === ':') keys++
  }
  return keys
}

function keysOf(root: object): number {
  let keys = 0
  const rest: unknown[] = [root]
  while (rest.length > 0) {
    const value = rest.pop()
    if (typeof value !== 'object' || value === null) continue
    if (!Array.isArray(value)) keys += Object.keys(value).length
    for (const inner of Object.values(value)) rest.push(inner)
  }
  return keys
}
