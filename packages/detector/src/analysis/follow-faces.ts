import { alignCrops, type CropSpec, distinctSpecs, isSameSpec } from '../faces/align.ts'
import type { Detection, TrackedFace } from '../faces/face.ts'
import type { Faces } from '../faces/find-faces.ts'
import { assessQuality } from '../faces/quality/quality.ts'
import { REFERENCE_CROP } from '../faces/reference-crop.ts'
import { createTracker } from '../faces/track/tracker.ts'
import type { Frame } from '../media/frame.ts'

/** Seconds between frames beyond which they have little in common: the whole picture is searched again. */
const HINTS_SECONDS = 0.6
/** Seconds between two thorough searches of a video, for people who come in small. */
const THOROUGH_SECONDS = 5

/** Finds the faces of frames, which come in order of time, and says which belong to the same person. */
export interface FaceFollower {
  /** @throws UnswapError `inference_failed`, or the signal's reason */
  next(frame: Frame): Promise<TrackedFace[]>
  /** Seconds at which the scene changes. */
  readonly cuts: readonly number[]
  /** Most faces of a frame beyond `maxFaces`. */
  readonly leftOut: number
}

/**
 * The faces stage of one pass: detect and mesh, align, track, assess quality.
 * @param inputs the crops that the classifiers declare
 */
export function followFaces(
  faces: Faces,
  {
    maxFaces,
    inputs,
    signal,
  }: { readonly maxFaces: number; readonly inputs: readonly CropSpec[]; readonly signal: AbortSignal },
): FaceFollower {
  const specs = distinctSpecs([REFERENCE_CROP, ...inputs])
  const tracker = createTracker()
  let leftOut = 0
  let before: { readonly detections: readonly Detection[]; readonly seconds: number } | null = null
  let searchedAt = -Infinity

  /** The faces of a frame shortly before, for a lean search around them; undefined asks for a thorough one. */
  function hintsFor(frame: Frame): readonly Detection[] | undefined {
    const sameScene = !tracker.startsScene(frame)
    const lean =
      sameScene &&
      before !== null &&
      frame.seconds - before.seconds <= HINTS_SECONDS &&
      frame.seconds - searchedAt < THOROUGH_SECONDS
    if (lean) return before?.detections
    searchedAt = frame.seconds
    return undefined
  }

  return {
    async next(frame) {
      const hints = hintsFor(frame)
      const found = await faces.locate(frame, { maxFaces, signal, ...(hints && { hints }) })
      before = { detections: found.faces.map(({ detection }) => detection), seconds: frame.seconds }
      leftOut = Math.max(leftOut, found.leftOut)
      const aligned = found.faces.map((face) => {
        const crops = alignCrops(frame, face.mesh, specs)
        const isInput = (crop: CropSpec) => inputs.some((input) => isSameSpec(crop, input))
        return { ...face, crop: crops[0]!, inputs: crops.filter(isInput) }
      })
      const tracks = tracker.update(frame, aligned)
      return aligned.map((face, i) => ({
        ...face,
        track: tracks[i]!,
        quality: assessQuality(frame, face, face.crop),
      }))
    },
    get cuts() {
      return tracker.cuts
    },
    get leftOut() {
      return leftOut
    },
  }
}
