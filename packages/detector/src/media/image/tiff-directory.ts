/** An entry of a TIFF directory; the value is read as 16 and as 32 bits, as its type may be either. */
export interface TiffEntry {
  readonly tag: number
  readonly short: number
  readonly long: number
}

/**
 * The entries of the first directory (TIFF 6.0, section 2).
 * @param bytes the file, or its first bytes; entries behind them are left out
 * @returns null for BigTIFF and what is no TIFF
 */
export function readFirstDirectory(bytes: Uint8Array): TiffEntry[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const little = bytes[0] === 0x49
  if (bytes.length < 8 || view.getUint16(2, little) !== 42) return null
  const at = view.getUint32(4, little)
  const count = at + 2 <= bytes.length ? view.getUint16(at, little) : 0
  const entries: TiffEntry[] = []
  for (let entry = at + 2; entry < at + 2 + 12 * count && entry + 12 <= bytes.length; entry += 12) {
    entries.push({
      tag: view.getUint16(entry, little),
      short: view.getUint16(entry + 8, little),
      long: view.getUint32(entry + 8, little),
    })
  }
  return entries
}
