import { type JpegSegments, readJpegSegments } from './jpeg-segments.ts'

export interface RepairedJpeg extends Pick<JpegSegments, 'frame' | 'scans'> {
  /** The same picture in a file without harmless flaws; the given bytes where there were none. */
  readonly bytes: Uint8Array
  readonly flawed: boolean
  /** True where the file stops without an end marker. */
  readonly endMissing: boolean
  /** False where whole scans are missing. */
  readonly complete: boolean
}

const END_MARKER = [0xff, 0xd9]

/**
 * Mends what changes no pixel: stray bytes between segments, odd versions of JFIF, bands that sequential scans do not
 * use, and a missing end marker. Decoders warn of these as of damage, so that without them each warning means damage.
 */
export function repairJpeg(bytes: Uint8Array): RepairedJpeg {
  const segments = readJpegSegments(bytes)
  const { frame, scans, ended } = segments
  const flawed = segments.edits.length > 0 || !ended
  const found = { frame, flawed, endMissing: !ended }
  if (!flawed) return { ...found, scans, bytes, complete: isComplete(segments) }
  const parts: Uint8Array[] = []
  let from = 0
  for (const { at, end, by } of segments.edits) {
    parts.push(bytes.subarray(from, at), Uint8Array.from(by))
    from = end
  }
  parts.push(bytes.subarray(from), Uint8Array.from(ended ? [] : END_MARKER))
  const repaired = Buffer.concat(parts)
  const mended = readJpegSegments(repaired)
  return { ...found, bytes: repaired, scans: mended.scans, complete: isComplete(mended) }
}

/** Whether the scans give all 64 coefficients of each component to their last bit. */
function isComplete({ frame, scans }: JpegSegments): boolean {
  if (frame === null || !frame.transformed) return true
  return frame.components.every(({ id }) => {
    const given = new Set<number>()
    for (const { components, band } of scans) {
      const [first, last, low] = band
      if (low > 0 || !components.some((component) => component.id === id)) continue
      for (let place = first; place <= Math.min(last, 63); place++) given.add(place)
    }
    return given.size === 64
  })
}
