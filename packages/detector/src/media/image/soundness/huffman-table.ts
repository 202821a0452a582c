/**
 * A table that tells for any 16 bits the code with which they begin: 256 × its length + its symbol; 0 for no code.
 * @param table 16 counts of codes by length, then their symbols (ITU-T T.81, C.2)
 */
export function readHuffmanTable(table: Uint8Array): Uint16Array {
  const codes = new Uint16Array(65_536)
  let [first, symbol] = [0, 16]
  for (let length = 1; length <= 16; length++) {
    const span = 1 << (16 - length)
    for (let n = 0; n < table[length - 1]!; n++) {
      codes.fill((length << 8) | (table[symbol++] ?? 0), first, first + span)
      first += span
    }
  }
  return codes
}
