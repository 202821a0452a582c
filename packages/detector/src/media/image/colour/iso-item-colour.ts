interface IsoBox {
  readonly type: string
  readonly body: Uint8Array
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const find = (boxes: readonly IsoBox[], type: string) => boxes.find((box) => box.type === type)?.body

/**
 * Primaries and transfer of the primary picture of an ISO image file (ISO/IEC 23008-12 and 14496-12, 8.11): the `colr`
 * property of kind `nclx` that is associated with it. Null where there is none.
 */
export function primaryItemColour(bytes: Uint8Array): readonly [number, number] | null {
  const meta = find(readBoxes(bytes), 'meta')
  if (meta === undefined) return null
  const boxes = readBoxes(meta.subarray(4))
  const [pitm, iprp] = [find(boxes, 'pitm'), find(boxes, 'iprp')]
  if (pitm === undefined || iprp === undefined || pitm.length < (pitm[0] === 0 ? 6 : 8)) return null
  const primary = pitm[0] === 0 ? view(pitm).getUint16(4) : view(pitm).getUint32(4)
  const properties = readBoxes(find(readBoxes(iprp), 'ipco') ?? Uint8Array.of())
  const lists = readBoxes(iprp).filter(({ type }) => type === 'ipma')
  const places = lists.flatMap(({ body }) => associationsOf(body, primary))
  return firstColour(places.flatMap((place) => properties[place - 1] ?? []))
}

function firstColour(boxes: readonly IsoBox[]): readonly [number, number] | null {
  for (const { type, body } of boxes) {
    if (type !== 'colr' || body.length < 10) continue
    if (Buffer.from(body.subarray(0, 4)).toString('latin1') !== 'nclx') continue
    return [view(body).getUint16(4), view(body).getUint16(6)]
  }
  return null
}

/** Numbers, from 1, of the properties of an item (`ipma`, ISO/IEC 23008-12, 9.3). */
function associationsOf(body: Uint8Array, item: number): number[] {
  const data = view(body)
  if (body.length < 8) return []
  const [version, wide] = [body[0]!, (body[3]! & 1) === 1]
  const step = wide ? 2 : 1
  const found: number[] = []
  for (let at = 8, left = data.getUint32(4); left > 0 && at + (version < 1 ? 3 : 5) <= body.length; left--) {
    const id = version < 1 ? data.getUint16(at) : data.getUint32(at)
    at += version < 1 ? 2 : 4
    const count = data.getUint8(at++)
    for (let n = 0; n < count && at + step <= body.length; n++, at += step) {
      if (id === item) found.push(wide ? data.getUint16(at) & 0x7fff : data.getUint8(at) & 0x7f)
    }
  }
  return found
}

/** The boxes one after another; stops at the first that does not fit. */
function readBoxes(bytes: Uint8Array): IsoBox[] {
  const boxes: IsoBox[] = []
  for (let at = 0; at + 8 <= bytes.length; ) {
    const data = view(bytes)
    let [size, head] = [data.getUint32(at), 8]
    if (size === 1 && at + 16 <= bytes.length) [size, head] = [Number(data.getBigUint64(at + 8)), 16]
    if (size === 0) size = bytes.length - at
    if (size < head || at + size > bytes.length) break
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    boxes.push({ type, body: bytes.subarray(at + head, at + size) })
    at += size
  }
  return boxes
}
