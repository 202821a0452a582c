import type { Box, Face } from '@unswap/contract'

/** A box is drawn as it was seen for this many seconds around its frame; beyond that the face may have moved. */
const NEAR_SECONDS = 0.4

/** Between two frames farther apart than this nobody knows where the face went. */
const LONGEST_GAP_SECONDS = 4

/**
 * Where a face is at a moment, in pixels: on the straight way between the examined frames before and after it, unless a
 * cut lies between them. Undefined where it is not known.
 */
export function boxAt(face: Face, seconds: number, cuts: readonly number[]): Box | undefined {
  const before = face.timeline.findLast((each) => each.seconds <= seconds)
  const after = face.timeline.find((each) => each.seconds > seconds)
  if (before && after && after.seconds - before.seconds <= LONGEST_GAP_SECONDS) {
    const cut = cuts.some((each) => before.seconds < each && each <= after.seconds)
    if (!cut)
      return between(before.box, after.box, (seconds - before.seconds) / (after.seconds - before.seconds))
  }
  const near = [before, after].find((each) => each && Math.abs(each.seconds - seconds) <= NEAR_SECONDS)
  return near?.box
}

function between(a: Box, b: Box, share: number): Box {
  const mix = (from: number, to: number) => from + (to - from) * share
  return {
    x: mix(a.x, b.x),
    y: mix(a.y, b.y),
    width: mix(a.width, b.width),
    height: mix(a.height, b.height),
  }
}
