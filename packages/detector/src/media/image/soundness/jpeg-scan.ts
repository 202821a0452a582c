import { setImmediate as breathe } from 'node:timers/promises'
import { readHuffmanTable } from './huffman-table.ts'
import type { JpegFrame, JpegScan } from './jpeg-segments.ts'

/** What a reading of one scan found. */
export interface ScanFindings {
  /** Codes, coefficients or an end that no encoder writes. */
  readonly damaged: boolean
  /** Share of the scan's blocks for which there is data, 0..1. */
  readonly present: number
}

/** Blocks between pauses, so that other work goes on meanwhile. */
const BLOCKS_AT_A_TIME = 8192

/**
 * Squares of an 8×8 block's coefficients add up to at most 1024² (Parseval), as the 64 samples differ from 128 by 128 at
 * most. A tenth is allowed for coarse arithmetic, and half a step of each coefficient for rounding.
 */
function mostEnergy(quantisation: Uint16Array): number {
  const rounding = Math.sqrt(quantisation.reduce((sum, step) => sum + step * step, 0)) / 2
  return (1.1 * 1024 + rounding) ** 2
}

/**
 * Reads the Huffman codes of a baseline scan as libjpeg does, without making a picture. libjpeg itself passes over
 * altered bytes in silence as long as they happen to be codes.
 * @returns null where the headers do not allow it
 */
export async function readJpegScan(
  bytes: Uint8Array,
  frame: JpegFrame,
  scan: JpegScan,
): Promise<ScanFindings | null> {
  const order = blockOrder(frame, scan)
  if (order === null) return null
  const { units, kinds } = order
  const intervals = splitIntervals(bytes.subarray(scan.start, scan.end))
  const unitsInInterval = scan.restartInterval || units
  let damaged = intervals.length !== Math.ceil(units / unitsInInterval)
  let read = 0
  for (const [n, interval] of intervals.entries()) {
    const expected = Math.min(unitsInInterval, units - n * unitsInInterval)
    if (expected <= 0) break
    const found = await readInterval(interval, kinds, expected)
    damaged ||= found.damaged
    read += found.units
    damaged ||= !isPadding(interval.subarray(found.bytes))
  }
  return { damaged, present: Math.min(1, read / units) }
}

type BlockKind = NonNullable<ReturnType<typeof blockOrder>>['kinds'][number]

/** The number of units (MCU) of a scan, and which blocks each of them holds. */
function blockOrder(frame: JpegFrame, scan: JpegScan) {
  const chosen = scan.components.map(({ id, dc, ac }) => {
    const component = frame.components.find((candidate) => candidate.id === id)
    const [dcTable, acTable] = [scan.huffman.get(dc), scan.huffman.get(16 | ac)]
    const steps = component && scan.quantisation.get(component.quantisation)
    return component && dcTable && acTable && steps ? { component, dcTable, acTable, steps } : null
  })
  const most = (side: 'across' | 'down') => Math.max(...frame.components.map((component) => component[side]))
  const [across, down] = [most('across'), most('down')]
  if (chosen.length === 0 || frame.height === 0 || frame.components.some((c) => c.across * c.down === 0)) {
    return null
  }
  const kinds = []
  for (const [component, entry] of chosen.entries()) {
    if (entry === null) return null
    const blocks = chosen.length === 1 ? 1 : entry.component.across * entry.component.down
    const tables = { dc: readHuffmanTable(entry.dcTable), ac: readHuffmanTable(entry.acTable) }
    const kind = { ...tables, component, steps: entry.steps, mostEnergy: mostEnergy(entry.steps) }
    for (let block = 0; block < blocks; block++) kinds.push(kind)
  }
  const alone = chosen.length === 1 ? chosen[0]!.component : { across, down }
  const columns = Math.ceil(
    Math.ceil((frame.width * alone.across) / across) / (8 * (chosen.length === 1 ? 1 : across)),
  )
  const rows = Math.ceil(
    Math.ceil((frame.height * alone.down) / down) / (8 * (chosen.length === 1 ? 1 : down)),
  )
  return { units: columns * rows, kinds }
}

/** The data between restart markers, without stuffed zeros and fill bytes. */
function splitIntervals(data: Uint8Array): Uint8Array[] {
  const intervals: Uint8Array[] = []
  const plain = new Uint8Array(data.length)
  let [from, length] = [0, 0]
  for (let at = 0; at < data.length; ) {
    const mark = data.indexOf(0xff, at)
    const until = mark < 0 ? data.length : mark
    plain.set(data.subarray(at, until), length)
    length += until - at
    if (mark < 0) break
    const code = data[mark + 1]
    if (code === 0) plain[length++] = 0xff
    else if (code !== undefined && code >= 0xd0 && code <= 0xd7) {
      intervals.push(plain.subarray(from, length))
      from = length
    }
    at = mark + (code === 0xff ? 1 : 2)
  }
  return [...intervals, plain.subarray(from, length)]
}

/** Whether bytes after the last code are all equal; others stand only where codes were altered. */
const isPadding = (bytes: Uint8Array) => bytes.every((byte) => byte === bytes[0])

/** Where a reading of the codes between two restart markers stands. */
interface CodeReader {
  readonly data: Uint8Array
  /** The lowest `bits` bits are unread. */
  buffer: number
  bits: number
  /** Next byte; bytes after the end count as zeros. */
  at: number
  damaged: boolean
  /** Last DC level of each component. */
  readonly levels: Int32Array
}

/** Reads the codes between two restart markers, and lets other work go on between parts of them. */
async function readInterval(data: Uint8Array, kinds: readonly BlockKind[], expected: number) {
  const reader = { data, buffer: 0, bits: 0, at: 0, damaged: false, levels: new Int32Array(256) }
  const atATime = Math.ceil(BLOCKS_AT_A_TIME / kinds.length)
  const isPastEnd = () => reader.at - (reader.bits >> 3) > data.length
  let units = 0
  while (units < expected && !isPastEnd()) {
    if (units > 0) await breathe()
    units += readUnits(reader, kinds, Math.min(atATime, expected - units))
  }
  // The last byte is filled up with ones, or with zeros by some encoders.
  const { buffer, bits, at } = reader
  const left = bits & 7
  const rest = (buffer >>> (bits - left)) & ((1 << left) - 1)
  const padded = left === 0 || rest === 0 || rest === (1 << left) - 1
  return {
    units,
    damaged: reader.damaged || !padded || units < expected,
    bytes: Math.min(data.length, at - (bits >> 3)),
  }
}

/**
 * Reads some units and returns how many there were before the data ended. It calls no function for a code: that would
 * make this loop over every byte of every JPEG twice as slow.
 */
function readUnits(reader: CodeReader, kinds: readonly BlockKind[], count: number): number {
  const { data, levels } = reader
  const length = data.length
  let { buffer, bits, at, damaged } = reader
  let units = 0
  while (units < count) {
    for (const { dc, ac, component, steps, mostEnergy } of kinds) {
      let energy = 0
      for (let place = 0; place < 64; place++) {
        for (; bits <= 24; bits += 8, at++) buffer = (buffer << 8) | (at < length ? data[at]! : 0)
        const ahead = (buffer >>> (bits - 16)) & 0xffff
        const found = place === 0 ? dc[ahead]! : ac[ahead]!
        // libjpeg takes an unknown code for a zero.
        if (found === 0) damaged = true
        bits -= found === 0 ? 16 : found >> 8
        const symbol = found & 255
        const size = symbol & 15
        if (place === 0) {
          if (symbol > 11) damaged = true
        } else {
          place += symbol >> 4
          if (size === 0 && symbol !== 0xf0) break
          if (place > 63) damaged = true
          if (size === 0) continue
        }
        for (; bits < size; bits += 8, at++) buffer = (buffer << 8) | (at < length ? data[at]! : 0)
        bits -= size
        const raw = (buffer >>> bits) & ((1 << size) - 1)
        let coefficient = size === 0 || raw >> (size - 1) === 1 ? raw : raw - (1 << size) + 1
        if (place === 0) {
          coefficient += levels[component]!
          levels[component] = coefficient
        }
        if (place < 64) energy += (coefficient * steps[place]!) ** 2
      }
      if (energy > mostEnergy) damaged = true
    }
    if (at - (bits >> 3) > length) break
    units++
  }
  Object.assign(reader, { buffer, bits, at, damaged })
  return units
}
