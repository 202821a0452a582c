import type { Session } from '../../onnx/session.ts'
import type { Detection, LocatedFace } from '../face.ts'
import { confirm, SURELY_PRESENT } from './confirm.ts'
import { eyesAboveMouth, QUARTERS, rollBetween, rollOf } from './roll.ts'
import { redetect, type Search } from './search.ts'

/**
 * Detector's score from which a roll is believed. The mesh is sure of itself on an inverted face; the detector, which
 * knows upright faces only, is not (docs/faces.md).
 */
const SURE = 0.8
/** Angle in radians between the detector's eyes and the mesh's up to which they agree. */
const AGREEING = (12 * Math.PI) / 180

/** A face with the detection that led to it: its landmarks are the detector's, not the mesh's. */
export interface Confirmed {
  readonly face: LocatedFace
  readonly seen: Detection
}

/**
 * The face with the roll that has the best evidence. A face that the detector is sure of costs nothing, another is
 * detected again in its own square. Only where it is not sure there either, the square turned by quarters competes.
 */
export async function settleRoll(
  search: Search,
  network: Session,
  confirmed: Confirmed,
): Promise<LocatedFace> {
  if (isSure(confirmed)) return confirmed.face
  const { face } = confirmed
  const again = await redetect(search, face.detection)
  const level = { face, seen: again[0] ?? confirmed.seen }
  if (isSure(level)) return face

  let [best, most] = [face, evidenceOf(level)]
  const turned = [...again]
  for (const turn of QUARTERS) turned.push(...(await redetect(search, face.detection, turn)))
  for (const detection of turned.toSorted((a, b) => b.score - a.score)) {
    if (detection.score <= most) break // the score bounds the evidence
    const other = await confirm(network, search.picture, detection, SURELY_PRESENT)
    const evidence = other ? evidenceOf({ face: other, seen: detection }) : 0
    if (other && evidence > most) [best, most] = [other, evidence]
  }
  return rollBetween(rollOf(best.detection), rollOf(face.detection)) < AGREEING ? face : best
}

/** Whether the detector is sure, and agrees with the mesh. */
function isSure({ face: { detection }, seen }: Confirmed): boolean {
  const roll = rollOf(detection)
  return seen.score >= SURE && rollBetween(rollOf(seen), roll) < AGREEING && eyesAboveMouth(seen, roll)
}

/** Evidence that a face is upright in its crop, 0..1; none when its mouth is above its eyes there. */
function evidenceOf({ face: { detection, mesh }, seen }: Confirmed): number {
  const roll = rollOf(detection)
  if (!eyesAboveMouth(seen, roll) || !eyesAboveMouth(detection, roll)) return 0
  return seen.score * mesh.presence * Math.max(0, Math.cos(rollBetween(rollOf(seen), roll)))
}
