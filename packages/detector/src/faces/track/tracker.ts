import type { CropTransform } from '@unswap/contract'
import type { Frame } from '../../media/frame.ts'
import { frameMesh } from '../align.ts'
import type { FaceCrop, LocatedFace } from '../face.ts'
import { type Appearance, appearanceOf, blend, similarity } from './appearance.ts'
import { assign } from './assign.ts'
import { isCut, type Scene, sceneOf } from './scene-cuts.ts'

/** Cost above which a face rather starts a new track. */
const NEW_TRACK = 3
/** Likeness from which a face is taken for the same person wherever it is, also in another scene. */
const SAME_PERSON = 0.78
/** Difference of likeness that costs ½. */
const LOOK_SCALE = 0.25
/** Seconds after which a face's movement says nothing of where it is. */
const MEMORY = 3
/** Gaps up to which two sightings make a velocity, in seconds. */
const STEADY = 1
/** Most that unlikeness costs while a face was never out of sight: someone may pass before it. */
const MOST_UNLIKE = 2.4
/** Share of a new sighting in a track's appearance, unless it is less alike than `RECOGNISABLE`. */
const LEARNING = 0.3
const RECOGNISABLE = 0.5
/** Most tracks that a face may continue, the last seen first. */
const MOST_CANDIDATES = 100

/** Gives faces the number of the person they belong to. */
export interface Tracker {
  /** Whether this frame shows another scene than the one before it. To be asked in order of time, at most once ahead of `update`. */
  startsScene(frame: Frame): boolean
  /**
   * Numbers for the faces of the next frame, in their order: from 0 in order of appearance, the same for the same
   * person. Frames come in order of time, at any distance.
   */
  update(frame: Frame, faces: readonly (LocatedFace & { readonly crop: FaceCrop })[]): number[]
  /** Seconds at which a scene begins, but for the first. */
  readonly cuts: readonly number[]
}

interface Track {
  readonly number: number
  scene: number
  seconds: number
  square: CropTransform
  /** Pixels per second. */
  velocity: readonly [number, number]
  appearance: Appearance
}

interface Sighting {
  readonly square: CropTransform
  readonly appearance: Appearance
}

/**
 * A tracker that weighs movement against looks. Within a scene a face is expected where its track was going, ever less
 * surely the longer it was out of sight; across cuts looks alone decide, and they must be very alike, since two people
 * in one track harm more than one person in two.
 */
export function createTracker(): Tracker {
  const tracks: Track[] = []
  const cuts: number[] = []
  let scene: { readonly looks: Scene; readonly index: number } | null = null

  function startsScene(frame: Frame): boolean {
    if (scene?.index === frame.index) return cuts.at(-1) === frame.seconds
    const looks = sceneOf(frame)
    const cut = scene !== null && isCut(scene.looks, looks)
    if (cut) cuts.push(frame.seconds)
    scene = { looks, index: frame.index }
    return cut
  }

  function newTrack(sighting: Sighting, seconds: number): Track {
    const track: Track = {
      number: tracks.length,
      scene: cuts.length,
      seconds,
      velocity: [0, 0],
      ...sighting,
    }
    tracks.push(track)
    return track
  }

  return {
    cuts,
    startsScene,
    update(frame, faces) {
      startsScene(frame)
      const sightings = faces.map(
        ({ mesh, crop }): Sighting => ({ square: frameMesh(mesh), appearance: appearanceOf(crop, mesh) }),
      )
      const candidates = tracks.toSorted((a, b) => b.seconds - a.seconds).slice(0, MOST_CANDIDATES)
      const costs = sightings.map((sighting) =>
        candidates.map((track) => costOf(track, sighting, frame.seconds, cuts.length)),
      )
      const columns = assign(costs)
      return sightings.map((sighting, i) => {
        const track = candidates[columns[i]!]
        if (!track) return newTrack(sighting, frame.seconds).number
        follow(track, sighting, frame.seconds, cuts.length)
        return track.number
      })
    },
  }
}

function costOf(track: Track, sighting: Sighting, seconds: number, scene: number): number {
  const likeness = similarity(track.appearance, sighting.appearance)
  // a sure likeness always wins over a new track, and never over a neighbour that fits in place as well
  const known = likeness >= SAME_PERSON ? NEW_TRACK - likeness : Number.POSITIVE_INFINITY
  if (track.scene !== scene) return known
  const gap = Math.min(MEMORY, seconds - track.seconds)
  const size = Math.sqrt(track.square.side * sighting.square.side)
  const ahead = Math.min(gap, STEADY)
  const distance = Math.hypot(
    sighting.square.centre[0] - track.square.centre[0] - track.velocity[0] * ahead,
    sighting.square.centre[1] - track.square.centre[1] - track.velocity[1] * ahead,
  )
  const place = distance / (size * (0.3 + 1.2 * gap))
  const growth = Math.log(sighting.square.side / track.square.side) / (0.15 + 0.2 * gap)
  const unlike = (((1 - likeness) / LOOK_SCALE) ** 2 * (1 + Math.min(1, gap / 2))) / 2
  const look = gap <= STEADY ? Math.min(MOST_UNLIKE, unlike) : unlike
  const cost = (place ** 2 + growth ** 2) / 2 + look
  return Math.min(known, cost < NEW_TRACK ? cost : Number.POSITIVE_INFINITY)
}

function follow(track: Track, { square, appearance }: Sighting, seconds: number, scene: number): void {
  const gap = seconds - track.seconds
  const steady = track.scene === scene && gap > 0 && gap <= STEADY
  track.velocity = steady
    ? [(square.centre[0] - track.square.centre[0]) / gap, (square.centre[1] - track.square.centre[1]) / gap]
    : [0, 0]
  if (similarity(track.appearance, appearance) >= RECOGNISABLE) {
    track.appearance = blend(track.appearance, appearance, LEARNING)
  }
  track.square = square
  track.seconds = seconds
  track.scene = scene
}
