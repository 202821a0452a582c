import type { CropTransform } from '@unswap/contract'
import type { Frame } from '../../media/frame.ts'
import { frameMesh } from '../align.ts'
import type { FaceCrop, LocatedFace } from '../face.ts'
import { type Appearance, appearanceOf, blend, similarity } from './appearance.ts'
import { assign } from './assign.ts'
import { isCut, type Scene, sceneOf } from './scene-cuts.ts'

/** Cost above which a face starts a new track instead. */
const NEW_TRACK = 3
/** Similarity from which a face is the same person wherever it is, also in another scene. */
const SAME_PERSON = 0.78
/** Difference of appearance (1 − similarity) that costs ½. */
const APPEARANCE_SCALE = 0.25
/** Seconds after which a face's last position says nothing about the present one. */
const MEMORY = 3
/** Longest gap in seconds between two sightings from which a velocity is computed. */
const VELOCITY_GAP = 1
/** Most that appearance costs across short gaps: someone may pass in front of the face. */
const MOST_APPEARANCE_COST = 2.4
/** Share of a new sighting in a track's appearance; none when its similarity is below `RECOGNISABLE`. */
const LEARNING = 0.3
const RECOGNISABLE = 0.5
/** Most tracks that are compared with a face, the last seen first. */
const MOST_CANDIDATES = 100

/** Assigns faces to tracks, one for each person. */
export interface Tracker {
  /** Whether a new scene begins with this frame. Call it in order of time, at most one frame ahead of `update`. */
  startsScene(frame: Frame): boolean
  /**
   * The track numbers of the next frame's faces, in their order. Tracks count from 0 in order of appearance. Frames come
   * in order of time, at any distance.
   */
  update(frame: Frame, faces: readonly (LocatedFace & { readonly crop: FaceCrop })[]): number[]
  /** Seconds at which a scene begins, except the first. */
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
 * A tracker that weighs position against appearance. Within a scene a face is expected where its track was moving, with a
 * tolerance that grows with the time since. Across cuts only appearance counts, and it must be very similar: two people
 * in one track do more harm than one person in two tracks.
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
        continueTrack(track, sighting, frame.seconds, cuts.length)
        return track.number
      })
    },
  }
}

function costOf(track: Track, sighting: Sighting, seconds: number, scene: number): number {
  const likeness = similarity(track.appearance, sighting.appearance)
  // a high similarity always wins over a new track, but not over a track that fits in position as well
  const known = likeness >= SAME_PERSON ? NEW_TRACK - likeness : Number.POSITIVE_INFINITY
  if (track.scene !== scene) return known
  const gap = Math.min(MEMORY, seconds - track.seconds)
  const size = Math.sqrt(track.square.side * sighting.square.side)
  const ahead = Math.min(gap, VELOCITY_GAP)
  const distance = Math.hypot(
    sighting.square.centre[0] - track.square.centre[0] - track.velocity[0] * ahead,
    sighting.square.centre[1] - track.square.centre[1] - track.velocity[1] * ahead,
  )
  const place = distance / (size * (0.3 + 1.2 * gap))
  const growth = Math.log(sighting.square.side / track.square.side) / (0.15 + 0.2 * gap)
  const difference = (((1 - likeness) / APPEARANCE_SCALE) ** 2 * (1 + Math.min(1, gap / 2))) / 2
  const appearanceCost = gap <= VELOCITY_GAP ? Math.min(MOST_APPEARANCE_COST, difference) : difference
  const cost = (place ** 2 + growth ** 2) / 2 + appearanceCost
  return Math.min(known, cost < NEW_TRACK ? cost : Number.POSITIVE_INFINITY)
}

function continueTrack(track: Track, { square, appearance }: Sighting, seconds: number, scene: number): void {
  const gap = seconds - track.seconds
  const moving = track.scene === scene && gap > 0 && gap <= VELOCITY_GAP
  track.velocity = moving
    ? [(square.centre[0] - track.square.centre[0]) / gap, (square.centre[1] - track.square.centre[1]) / gap]
    : [0, 0]
  if (similarity(track.appearance, appearance) >= RECOGNISABLE) {
    track.appearance = blend(track.appearance, appearance, LEARNING)
  }
  track.square = square
  track.seconds = seconds
  track.scene = scene
}
