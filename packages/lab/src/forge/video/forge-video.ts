import type { Picture } from '@unswap/detector'
import { forgeBy, type Subject } from '../forge.ts'
import { drawRecipe, type ForgeKind, jitterRecipe } from '../forge-recipe.ts'
import { driftingView, film, type View, withNoise } from './camera.ts'
import { encodeVideo } from './encode-video.ts'

/** A short clip: a camera move over a still. `view` is where it starts. */
export interface Clip {
  readonly view: View
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly seconds: number
  /** Sensor noise on the 0..255 scale. */
  readonly noise: number
  readonly crf: number
}

/** What is done to the face in every frame, or null to leave it as it is. */
export type ClipForgery = { readonly kind: ForgeKind; readonly source: Subject | null } | null

/**
 * Films `subject` and writes an MP4. With a forgery, every frame is forged after the camera's noise. Its recipe changes a
 * little from frame to frame, as with a forger that sees each frame alone. The real and the forged clip of one seed share
 * camera, light and noise.
 * @throws UnswapError `decoder_missing` or `decoder_failed` from ffmpeg, `bad_option` from `forge`
 */
export async function forgeVideo(
  path: string,
  subject: Subject,
  forgery: ClipForgery,
  seed: number,
  clip: Clip,
): Promise<void> {
  await encodeVideo(path, clipFrames(subject, forgery, seed, clip), clip)
}

/** The frames of `forgeVideo`, one at a time. @internal */
export function* clipFrames(
  subject: Subject,
  forgery: ClipForgery,
  seed: number,
  clip: Clip,
): Generator<Picture, void, undefined> {
  const recipe = forgery && drawRecipe(forgery.kind, seed)
  for (let frame = 0; frame < Math.round(clip.seconds * clip.fps); frame++) {
    const seen = film(subject, driftingView(clip.view, seed, frame / clip.fps), clip.width, clip.height)
    const picture = withNoise(seen.picture, clip.noise, seed * 4096 + frame)
    if (recipe === null) yield picture
    else {
      const shaken = jitterRecipe(recipe, seed * 4096 + frame)
      yield forgeBy(shaken, { picture, mesh: seen.mesh }, forgery?.source ?? null, seed).picture
    }
  }
}
