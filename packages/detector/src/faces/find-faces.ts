import type { Picture } from '../media/frame.ts'
import { confirm, distinct, PRESENT, SURELY_PRESENT } from './detect/confirm.ts'
import { isSameFace } from './detect/merge-detections.ts'
import { isSameTurn, isTurned, turnsOf } from './detect/roll.ts'
import { redetectRotated, searchRotated } from './detect/rotated-search.ts'
import { redetect, type Search, searchSquares } from './detect/search.ts'
import { settleRoll } from './detect/settle-roll.ts'
import { smallestFoundIn, squaresOf } from './detect/squares.ts'
import type { Detection, LocatedFace } from './face.ts'
import { type OpenFacesOptions, openNetworks } from './face-networks.ts'
import { SMALLEST_FACE } from './reference-crop.ts'

/** Smallest face searched for in large pictures, as a share of their longer side. */
const SMALLEST_SHARE = 1 / 40
/** Most rounds of tiles. Each costs four times as much as the one before. */
const MOST_ROUNDS = 3
/** Most candidates of a search that are detected again in a zoomed square. */
const MOST_ZOOMED = { thorough: 6, lean: 2 }
/** Most detections that are detected again rotated, because the mesh fits them poorly or not at all. */
const MOST_ROTATED = 3
/** So many faces below `NEAR_SMALLEST` times the smallest size of a round justify another round. */
const SMALL_FACES = 3
const NEAR_SMALLEST = 1.85

export interface LocateOptions {
  /** Faces kept, largest first. */
  readonly maxFaces: number
  /** Longer side in pixels (without margin) of the smallest face that the search must reach. */
  readonly minFace?: number
  /**
   * Faces of a frame shortly before. With hints (even an empty list) the search is lean: the whole picture, and these
   * places. Without, it is thorough: tiles for small faces, and rotated pictures when none is found.
   */
  readonly hints?: readonly Detection[]
  /** Search at the hints only, as long as the mesh confirms every one of them: new faces are then not found. */
  readonly hintsOnly?: boolean
  readonly signal?: AbortSignal
}

export interface Located {
  /** Largest first. */
  readonly faces: readonly LocatedFace[]
  /** Confirmed faces beyond `maxFaces`. */
  readonly leftOut: number
}

export interface Faces {
  /**
   * Finds faces and their meshes. A detection whose mesh has a presence below 0.5 is no face.
   * @throws UnswapError `inference_failed`, or the signal's reason
   */
  locate(picture: Picture, options: LocateOptions): Promise<Located>
  close(): Promise<void>
}

/**
 * Opens the networks of the faces stage.
 * @throws UnswapError `model_missing`, `model_invalid`, `model_corrupt` or `device_unavailable`
 */
export async function openFaces(options: OpenFacesOptions): Promise<Faces> {
  const { fullRange, mesh } = await openNetworks(options)

  /** Detections with a mesh, and those without. The roll of faces is settled, unless a hint vouches for it. */
  async function confirmAll(
    search: Search,
    detections: readonly Detection[],
    { presence = PRESENT, hints = [] }: { presence?: number; hints?: readonly Detection[] } = {},
  ) {
    const faces: LocatedFace[] = []
    const refused: Detection[] = []
    for (const detection of detections) {
      search.signal?.throwIfAborted()
      const face = await confirm(mesh, search.picture, detection, presence)
      if (!face) refused.push(detection)
      else if (hints.some((hint) => isKnown(face.detection, hint))) faces.push(face)
      else faces.push(await settleRoll(search, mesh, { face, seen: detection }))
    }
    return { faces, refused }
  }

  /** The faces of all hints by the mesh alone, without detecting; null when one of them is lost. */
  async function confirmHints(search: Search, hints: readonly Detection[]): Promise<LocatedFace[] | null> {
    const { faces, refused } = await confirmAll(search, hints, { presence: SURELY_PRESENT, hints })
    return faces.length > 0 && refused.length === 0 ? faces : null
  }

  async function locateLean(search: Search, hints: readonly Detection[]): Promise<LocatedFace[]> {
    const faces: LocatedFace[] = []
    const confirmAt = async (hint: Detection) =>
      faces.push(...(await confirmAll(search, await redetect(search, hint), { hints })).faces)
    // a level search may see an inverted face where the frame before had one that is turned
    for (const hint of hints.filter(isTurned)) await confirmAt(hint)
    const whole = await searchSquares(search, squaresOf(search.picture, 0), MOST_ZOOMED.lean)
    faces.push(...(await confirmAll(search, freshOf(whole, faces), { hints })).faces)
    for (const hint of hints) if (freshOf([hint], faces).length > 0) await confirmAt(hint)
    return faces
  }

  async function locateThorough(search: Search, minFace: number): Promise<LocatedFace[]> {
    const { picture } = search
    const faces: LocatedFace[] = []
    const refused: Detection[] = []
    const searchRound = async (round: number, turn = 0, presence = PRESENT) => {
      const found = await searchSquares(search, squaresOf(picture, round, turn), MOST_ZOOMED.thorough)
      const confirmed = await confirmAll(search, freshOf(found, faces), { presence })
      faces.push(...confirmed.faces)
      refused.push(...confirmed.refused)
    }
    const searchRounds = async (turn?: number, presence?: number) => {
      let round = 0
      do await searchRound(round++, turn, presence)
      while (round <= MOST_ROUNDS && isWorthARound(faces, smallestFoundIn(picture, round - 1), minFace))
      return round
    }
    const round = await searchRounds()
    // a mesh that fits poorly may be on a face that is upside down
    const poor = faces.filter(({ mesh }) => mesh.presence < SURELY_PRESENT).map(({ detection }) => detection)
    const surely = { presence: SURELY_PRESENT }
    for (const place of [...poor, ...refused].slice(0, MOST_ROTATED)) {
      faces.push(...(await confirmAll(search, await redetectRotated(search, place), surely)).faces)
    }
    if (faces.length === 0) {
      const turned = await searchRotated(search, MOST_ZOOMED.thorough)
      faces.push(...(await confirmAll(search, turned, surely)).faces)
    }
    // others in the picture may be turned like those that were found turned
    const allTurned = faces.every(({ detection }) => isTurned(detection))
    for (const turn of turnsOf(faces)) await searchRounds(turn, allTurned ? PRESENT : SURELY_PRESENT)
    if (faces.length === 0 && round <= MOST_ROUNDS) await searchRound(round)
    return faces
  }

  return {
    async locate(picture, { maxFaces, minFace, hints, hintsOnly, signal }) {
      const search = { network: fullRange, picture, signal }
      const followed = hintsOnly && hints ? await confirmHints(search, hints) : null
      const smallest =
        minFace ?? Math.max(SMALLEST_FACE, SMALLEST_SHARE * Math.max(picture.width, picture.height))
      const faces = distinct(
        followed ?? (hints ? await locateLean(search, hints) : await locateThorough(search, smallest)),
      ).sort((a, b) => sizeOf(b) - sizeOf(a))
      return { faces: faces.slice(0, maxFaces), leftOut: Math.max(0, faces.length - maxFaces) }
    },
    async close() {
      await Promise.all([fullRange.close(), mesh.close()])
    },
  }
}

/** Whether a face is where the frame before had one, of the same quarter turn. */
function isKnown(face: Detection, hint: Detection): boolean {
  return isSameFace(face.box, hint.box) && isSameTurn(face, hint)
}

/** Detections where no face is yet. */
function freshOf(detections: readonly Detection[], faces: readonly LocatedFace[]): Detection[] {
  return detections.filter(({ box }) => !faces.some((face) => isSameFace(face.detection.box, box)))
}

/** Whether to search for smaller faces: `minFace` is not reached yet, or several faces are near the smallest size. */
function isWorthARound(faces: readonly LocatedFace[], smallestFound: number, minFace: number): boolean {
  return (
    smallestFound > minFace ||
    faces.filter((face) => sizeOf(face) < NEAR_SMALLEST * smallestFound).length >= SMALL_FACES
  )
}

function sizeOf({ detection: { box } }: LocatedFace): number {
  return Math.max(box.width, box.height)
}
