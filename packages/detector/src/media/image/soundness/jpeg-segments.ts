/** A component of a JPEG frame (ITU-T T.81, B.2.2). */
export interface JpegComponent {
  readonly id: number
  readonly across: number
  readonly down: number
  readonly quantisation: number
}

/** The frame header. `baseline` is sequential Huffman coding of 8 bits, the only kind whose scans are read here. */
export interface JpegFrame {
  readonly baseline: boolean
  /** Coded by coefficients of blocks: sequential or progressive, not lossless. */
  readonly transformed: boolean
  readonly width: number
  readonly height: number
  readonly components: readonly JpegComponent[]
}

/** One scan with the tables that hold for it. */
export interface JpegScan {
  readonly components: readonly { readonly id: number; readonly dc: number; readonly ac: number }[]
  /** First and last coefficient, and how many low bits are still missing after this scan. */
  readonly band: readonly [first: number, last: number, low: number]
  /** Where the coded data begins and where the marker after it stands. */
  readonly start: number
  readonly end: number
  readonly restartInterval: number
  /** Huffman tables by class (0 for DC, 16 for AC) and number: 16 counts, then the symbols. */
  readonly huffman: ReadonlyMap<number, Uint8Array>
  readonly quantisation: ReadonlyMap<number, Uint16Array>
}

/** Replaces the bytes from `at` to `end`. */
export interface Edit {
  readonly at: number
  readonly end: number
  readonly by: readonly number[]
}

export interface JpegSegments {
  readonly frame: JpegFrame | null
  readonly scans: readonly JpegScan[]
  readonly ended: boolean
  /** What makes a file without harmless flaws of this one, ascending. */
  readonly edits: readonly Edit[]
}

/** Most scans and flaws that are looked at; real files have far fewer. */
const MOST = 1000
const END = 0xd9
const SCAN = 0xda

/** Reads all segments up to the end marker. Stray bytes, odd JFIF versions and odd scan bands become edits. */
export function readJpegSegments(bytes: Uint8Array): JpegSegments {
  const scans: JpegScan[] = []
  const edits: Edit[] = []
  const huffman = new Map<number, Uint8Array>()
  const quantisation = new Map<number, Uint16Array>()
  let frame: JpegFrame | null = null
  let restartInterval = 0
  let stray = 2
  const finish = (ended: boolean): JpegSegments => ({ frame, scans, ended, edits })
  for (let at = 2; at + 2 <= bytes.length; ) {
    const code = bytes[at + 1]!
    if (bytes[at] !== 0xff || code === 0xff || code === 0) {
      at += 1
      continue
    }
    if (scans.length + edits.length > MOST) return finish(false)
    if (bytes.subarray(stray, at).some((byte) => byte !== 0xff)) edits.push({ at: stray, end: at, by: [] })
    if (code === END) return finish(true)
    if (code === 1 || (code >= 0xd0 && code <= 0xd8)) {
      at = stray = at + 2
      continue
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
    const body = bytes.subarray(at + 4, at + 2 + length)
    if (length < 2 || body.length < length - 2) return finish(false)
    if (code === 0xe0 && isOddJfif(body)) edits.push({ at: at + 9, end: at + 10, by: [1] })
    if (code === 0xc4) readHuffman(body, huffman)
    if (code === 0xdb) readQuantisation(body, quantisation)
    if (code === 0xdd && body.length >= 2) restartInterval = (body[0]! << 8) | body[1]!
    if (isFrame(code)) frame ??= readFrame(code, body)
    at = stray = at + 2 + length
    if (code !== SCAN) continue
    const end = endOfScan(bytes, at)
    const scan = readScan(body)
    const { baseline } = frame ?? { baseline: false }
    if (baseline && scan !== null && scan.band.join() !== '0,63,0') {
      edits.push({ at: at - 3, end: at, by: [0, 63, 0] })
    }
    if (scan !== null) {
      const tables = { huffman: new Map(huffman), quantisation: new Map(quantisation) }
      scans.push({ ...scan, ...tables, start: at, end, restartInterval })
    }
    at = stray = end
  }
  return finish(false)
}

/** Decoders know JFIF 1 and 2; the version changes nothing of the picture. */
const isOddJfif = (body: Uint8Array) =>
  Buffer.from(body.subarray(0, 5)).toString('latin1') === 'JFIF\0' && body[5] !== 1

const isFrame = (code: number) => code >= 0xc0 && code <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(code)

function readFrame(code: number, body: Uint8Array): JpegFrame | null {
  const count = body[5] ?? 0
  if (body.length < 6 + 3 * count) return null
  return {
    baseline: code <= 0xc1 && body[0] === 8,
    transformed: code % 4 !== 3,
    height: (body[1]! << 8) | body[2]!,
    width: (body[3]! << 8) | body[4]!,
    components: Array.from({ length: count }, (_, n) => {
      const [id, factors, quantisation] = body.subarray(6 + 3 * n) as unknown as [number, number, number]
      return { id, across: factors >> 4, down: factors & 15, quantisation }
    }),
  }
}

function readScan(body: Uint8Array): Pick<JpegScan, 'components' | 'band'> | null {
  const count = body[0] ?? 0
  if (body.length !== 4 + 2 * count) return null
  const components = Array.from({ length: count }, (_, n) => {
    const tables = body[2 + 2 * n]!
    return { id: body[1 + 2 * n]!, dc: tables >> 4, ac: tables & 15 }
  })
  const [first, last, bits] = body.subarray(1 + 2 * count) as unknown as [number, number, number]
  return { components, band: [first, last, bits & 15] }
}

function readHuffman(body: Uint8Array, tables: Map<number, Uint8Array>): void {
  for (let at = 0; at + 17 <= body.length; ) {
    const size = 17 + body.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0)
    tables.set(body[at]!, body.subarray(at + 1, at + size))
    at += size
  }
}

function readQuantisation(body: Uint8Array, tables: Map<number, Uint16Array>): void {
  for (let at = 0; at + 65 <= body.length; ) {
    const wide = body[at]! >> 4 > 0
    if (wide && at + 129 > body.length) return
    const value = (n: number) =>
      wide ? (body[at + 1 + 2 * n]! << 8) | body[at + 2 + 2 * n]! : body[at + 1 + n]!
    tables.set(
      body[at]! & 15,
      Uint16Array.from({ length: 64 }, (_, n) => value(n)),
    )
    at += wide ? 129 : 65
  }
}

/** Where the next marker stands that is neither a restart nor a stuffed byte; the end of the file if there is none. */
function endOfScan(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(0xff, start); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const code = bytes[at + 1] ?? 0
    if (code === 0 || code === 0xff || (code >= 0xd0 && code <= 0xd7)) continue
    return at
  }
  return bytes.length
}
