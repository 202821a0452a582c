import type { Picture } from '../media/frame.ts'
import { confirm, distinct, PRESENT, SURELY_PRESENT } from './detect/confirm.ts'
import { isSameFace } from './detect/merge-detections.ts'
import { redetectRotated, searchRotated } from './detect/rotated-search.ts'
import { redetect, type Search, searchSquares } from './detect/search.ts'
import { reachOf, squaresOf } from './detect/squares.ts'
import type { Detection, LocatedFace } from './face.ts'
import { type OpenFacesOptions, openNetworks } from './face-networks.ts'

/** Smallest face searched for in every picture, in pixels of its longer side: smaller ones cannot be judged. */
const SMALLEST = 60
/** In large pictures, as a share of the longer side. */
const SMALLEST_SHARE = 1 / 40
/** Rounds of tiles, each four times the work of the one before. */
const MOST_ROUNDS = 3
const MOST_ZOOMED = { thorough: 6, lean: 2 }
/** Detections whose mesh fits poorly, or not at all, that are looked at again, turned. */
const MOST_ROTATED = 3
const SEVERAL = 3

export interface LocateOptions {
  /** Faces kept, largest first. */
  readonly maxFaces: number
  /** Smallest face searched for at any cost, in pixels of its longer side (without margin). */
  readonly minFace?: number
  /**
   * Faces of a frame shortly before. With them (even none) the search is lean: the picture as a whole, and
   * these places. Without, it is thorough: tiles for small faces, turned pictures when none is found.
   */
  readonly hints?: readonly Detection[]
  /** Look nowhere else while the mesh surely holds on to every hint: for who wants these faces and no newcomers. */
  readonly follow?: boolean
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

  async function confirmAll(
    { picture, signal }: Search,
    detections: readonly Detection[],
    presence = PRESENT,
  ) {
    const faces: LocatedFace[] = []
    const refused: Detection[] = []
    for (const detection of detections) {
      signal?.throwIfAborted()
      const face = await confirm(mesh, picture, detection, presence)
      if (face) faces.push(face)
      else refused.push(detection)
    }
    return { faces, refused }
  }

  /** Every hint's face by its mesh alone, or null when one of them is lost. */
  async function followAll(search: Search, hints: readonly Detection[]): Promise<LocatedFace[] | null> {
    const { faces, refused } = await confirmAll(search, hints, SURELY_PRESENT)
    return faces.length > 0 && refused.length === 0 ? faces : null
  }

  async function locateLean(search: Search, hints: readonly Detection[]): Promise<LocatedFace[]> {
    const whole = await searchSquares(search, squaresOf(search.picture, 0), MOST_ZOOMED.lean)
    const { faces } = await confirmAll(search, whole)
    for (const hint of hints) {
      if (faces.some(({ detection }) => isSameFace(detection.box, hint.box))) continue
      faces.push(...(await confirmAll(search, await redetect(search, hint))).faces)
    }
    return faces
  }

  async function locateThorough(search: Search, minFace: number): Promise<LocatedFace[]> {
    const { picture } = search
    const faces: LocatedFace[] = []
    const refused: Detection[] = []
    let round = 0
    const searchRound = async () => {
      const found = await searchSquares(search, squaresOf(picture, round), MOST_ZOOMED.thorough)
      const fresh = found.filter(({ box }) => !faces.some((face) => isSameFace(face.detection.box, box)))
      const confirmed = await confirmAll(search, fresh)
      faces.push(...confirmed.faces)
      refused.push(...confirmed.refused)
      round += 1
    }
    do await searchRound()
    while (round <= MOST_ROUNDS && isWorthARound(faces, reachOf(picture, round - 1), minFace))
    // a mesh that fits poorly may be that of a face the other way up
    const poor = faces.filter(({ mesh }) => mesh.presence < SURELY_PRESENT).map(({ detection }) => detection)
    for (const place of [...poor, ...refused].slice(0, MOST_ROTATED)) {
      faces.push(...(await confirmAll(search, await redetectRotated(search, place), SURELY_PRESENT)).faces)
    }
    if (faces.length === 0) {
      const turned = await searchRotated(search, MOST_ZOOMED.thorough)
      faces.push(...(await confirmAll(search, turned, SURELY_PRESENT)).faces)
    }
    if (faces.length === 0 && round <= MOST_ROUNDS) await searchRound()
    return faces
  }

  return {
    async locate(picture, { maxFaces, minFace, hints, follow, signal }) {
      const search = { network: fullRange, picture, signal }
      const followed = follow && hints ? await followAll(search, hints) : null
      const smallest = minFace ?? Math.max(SMALLEST, SMALLEST_SHARE * Math.max(picture.width, picture.height))
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

/** Whether smaller faces may be there: not all sizes were searched, or several came in at the limit of the last round. */
function isWorthARound(faces: readonly LocatedFace[], reach: number, minFace: number): boolean {
  return reach > minFace || faces.filter((face) => sizeOf(face) < 1.5 * reach).length >= SEVERAL
}

function sizeOf({ detection: { box } }: LocatedFace): number {
  return Math.max(box.width, box.height)
}
