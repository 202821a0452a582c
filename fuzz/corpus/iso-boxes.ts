/** A box of ISO base media (ISO/IEC 14496-12) or an atom of QuickTime: size, type, content. */
export function iso(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(body.length + 8)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, body])
}

/** Where a box begins, and its length, both in bytes. */
export interface Box {
  readonly type: string
  readonly start: number
  readonly size: number
}

/** The boxes that lie side by side in a stretch of a file; ends at the first that does not fit. */
export function boxesIn(file: Buffer, from = 0, to = file.length): Box[] {
  const boxes: Box[] = []
  for (let start = from; start + 8 <= to; ) {
    const size = file.readUInt32BE(start)
    if (size < 8 || start + size > to) break
    boxes.push({ type: file.toString('latin1', start + 4, start + 8), start, size })
    start += size
  }
  return boxes
}

/** The boxes from the outermost to the innermost along a path of types. @throws Error where one is not there. */
export function boxesTo(file: Buffer, path: readonly string[]): Box[] {
  const boxes: Box[] = []
  for (const type of path) {
    const outer = boxes.at(-1)
    const inside = outer ? boxesIn(file, outer.start + 8, outer.start + outer.size) : boxesIn(file)
    const box = inside.find((candidate) => candidate.type === type)
    if (box === undefined) throw new Error(`There is no box ${path.join('/')}.`)
    boxes.push(box)
  }
  return boxes
}
