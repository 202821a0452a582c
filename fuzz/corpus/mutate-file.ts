import type { Random } from '../fuzz-random.ts'
import { boxesIn } from './iso-boxes.ts'

/** Numbers at which parsers go wrong. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]

type Mutation = (bytes: Buffer, random: Random) => Buffer

/** Ways of breaking a file. None needs to know its format, but `box` and `marker` aim at lengths and tables. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  truncate: (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  flip: (bytes, random) => {
    const copy = Buffer.from(bytes)
    for (let times = 1 + random.below(20); times > 0; times--) {
      const at = random.below(copy.length)
      copy[at] = copy[at]! ^ (1 << random.below(8))
    }
    return copy
  },
  'flip header': (bytes, random) => {
    const copy = Buffer.from(bytes)
    const end = Math.min(copy.length, 256)
    for (let times = 1 + random.below(4); times > 0; times--)
      copy[8 + random.below(end - 8)] = random.below(256)
    return copy
  },
  edge: (bytes, random) => {
    const copy = Buffer.from(bytes)
    const at = random.below(Math.min(copy.length, random.chance(0.7) ? 1024 : copy.length) - 4)
    const value = random.pick(EDGES)
    if (random.chance(0.5)) copy.writeUInt32BE(value, at)
    else copy.writeUInt32LE(value, at)
    return copy
  },
  remove: (bytes, random) => {
    const at = random.below(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(64))])
  },
  repeat: (bytes, random) => {
    const from = random.below(bytes.length)
    const part = bytes.subarray(from, from + 1 + random.below(4096))
    return Buffer.concat([bytes.subarray(0, from), part, part, part, bytes.subarray(from)])
  },
  insert: (bytes, random) => {
    const at = random.below(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(64)), bytes.subarray(at)])
  },
  blank: (bytes, random) => {
    const copy = Buffer.from(bytes)
    const from = random.below(copy.length)
    return copy.fill(random.pick([0, 0xff]), from, Math.min(copy.length, from + random.below(2048)))
  },
  tail: (bytes, random) => Buffer.concat([bytes, random.bytes(random.below(512))]),
  box: (bytes, random) => lieInBox(Buffer.from(bytes), random),
  marker: (bytes, random) => lieInMarker(Buffer.from(bytes), random),
}

const NAMES = Object.keys(MUTATIONS)

/** One to three mutations of a file, and their names. */
export function mutate(bytes: Buffer, random: Random): { how: string; bytes: Buffer } {
  const how: string[] = []
  let mutated = bytes
  for (let times = 1 + random.below(3); times > 0 && mutated.length > 16; times--) {
    const name = random.pick(NAMES)
    how.push(name)
    mutated = MUTATIONS[name]!(mutated, random)
  }
  return { how: how.join('+'), bytes: mutated }
}

const CONTAINERS = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'edts', 'dinf', 'udta', 'moof', 'traf']

/** Changes the size, the type or a field of a box of ISO base media, which bears times, sizes and tables. */
function lieInBox(file: Buffer, random: Random): Buffer {
  const boxes = boxesIn(file)
  for (const box of boxes) {
    if (CONTAINERS.includes(box.type)) boxes.push(...boxesIn(file, box.start + 8, box.start + box.size))
  }
  if (boxes.length === 0) return file
  const { start, size } = random.pick(boxes)
  if (random.chance(0.3)) file.writeUInt32BE(random.pick([...EDGES, size * 2, 7]), start)
  else if (random.chance(0.15)) file.write(random.pick(['free', 'moov', 'mdat', 'trak', 'stsd']), start + 4)
  else if (size > 16)
    file.writeUInt32BE(random.pick(EDGES), start + 8 + random.below(Math.min(size, 128) - 12))
  return file
}

/** Changes what follows a marker of JPEG, a chunk of PNG or RIFF: lengths, sizes of the picture, tables. */
function lieInMarker(file: Buffer, random: Random): Buffer {
  const places: number[] = []
  for (let at = 0; at + 12 < file.length && places.length < 400; at++) {
    const text = file.toString('latin1', at, at + 4)
    const jpeg = file[at] === 0xff && file[at + 1]! >= 0xc0 && file[at + 1]! < 0xff
    if (
      jpeg ||
      /^(IHDR|PLTE|iCCP|tRNS|IDAT|VP8[ LX]|ICCP|EXIF|Exif|ALPH|ANIM|ispe|hvcC|av1C|iloc|avcC)$/.test(text)
    ) {
      places.push(at)
    }
  }
  if (places.length === 0) return file
  const at = random.pick(places) + 2 + random.below(8)
  if (random.chance(0.5)) file.writeUInt16BE(random.pick(EDGES) & 0xffff, at)
  else file[at] = random.below(256)
  return file
}
