import { type Family, UnswapError } from '@unswap/contract'
import type { Mesh, Picture } from '@unswap/detector'
import { faceSize, type Points, pointsOf } from './face/landmarks.ts'
import { displace, keepLips, moveMouth } from './face/move-landmarks.ts'
import { regionMask } from './face/region-mask.ts'
import { warpFace } from './face/warp-face.ts'
import { drawRecipe, FAMILY_OF, type ForgeKind, type Recipe } from './forge-recipe.ts'
import { matchColour, matchShading, shiftColour } from './picture/colour-transfer.ts'
import { blend, cut, type Patch, type Weights, type Window, windowAround } from './picture/patch.ts'
import { resample } from './picture/resample.ts'

/** A face in its picture. */
export interface Subject {
  readonly picture: Picture
  readonly mesh: Mesh
}

/** A forged picture, and what was done to it. */
export interface Forgery {
  readonly kind: ForgeKind
  readonly family: Family
  readonly seed: number
  readonly picture: Picture
  /** How much of each pixel was replaced, 0..255, as large as the picture. */
  readonly mask: { readonly width: number; readonly height: number; readonly data: Uint8Array }
}

/**
 * Forges the target's face; the same arguments give the same bytes.
 * @param source whose face is put in; only `swap` uses it
 * @throws UnswapError `bad_option` for a swap without a source, or a face outside its picture
 */
export function forge(kind: ForgeKind, target: Subject, source: Subject | null, seed: number): Forgery {
  return forgeBy(drawRecipe(kind, seed), target, source, seed)
}

/** `forge` with every choice made by the caller; `seed` is only written into the result. */
export function forgeBy(recipe: Recipe, target: Subject, source: Subject | null, seed: number): Forgery {
  const face = pointsOf(target.mesh)
  const { inserted, from, onto } = correspondence(recipe, target, face, source)
  const window = windowAround(onto, target.picture)
  if (window.width < 8 || window.height < 8) {
    throw new UnswapError('bad_option', 'The face to forge lies outside its picture; choose another face.')
  }
  const { patch, covered } = warpFace(inserted, from, onto, window)
  const mask = regionMask(face, recipe.region, window, recipe.inset, recipe.feather)
  const alpha = mask.map((weight, i) => quantised(recipe.opacity * weight * covered[i]!))
  const matched = matchAppearance(recipe, patch, cut(target.picture, window), mask, covered, faceSize(face))
  return {
    kind: recipe.kind,
    family: FAMILY_OF[recipe.kind],
    seed,
    picture: blend(target.picture, matched, alpha),
    mask: spread(alpha, window, target.picture),
  }
}

function correspondence(
  recipe: Recipe,
  target: Subject,
  face: Points,
  source: Subject | null,
): { inserted: Picture; from: Points; onto: Points } {
  if (recipe.kind === 'mouth_warp')
    return { inserted: target.picture, from: face, onto: moveMouth(face, recipe) }
  if (recipe.kind === 'self_blend')
    return { inserted: target.picture, from: displace(face, recipe), onto: face }
  if (source === null) {
    throw new UnswapError('bad_option', 'A swap needs a source: the face that is put in.')
  }
  const given = pointsOf(source.mesh)
  return { inserted: source.picture, from: displace(given, recipe), onto: keepLips(given, face) }
}

/** Colour, light and resolution of the inserted face. */
function matchAppearance(
  recipe: Recipe,
  patch: Patch,
  target: Patch,
  mask: Weights,
  covered: Weights,
  size: number,
): Patch {
  const inside = mask.map((weight, i) => weight * covered[i]!)
  let matched = resample(patch, recipe.resolution)
  if (recipe.kind === 'swap') {
    matched = matchColour(matched, target, inside)
    matched = matchShading(matched, target, inside, recipe.shading, size / 6)
  }
  return recipe.kind === 'mouth_warp' ? matched : shiftColour(matched, inside, recipe.colour)
}

/** Weights are what the 8-bit mask can say, so that the mask is exactly what was done. */
const quantised = (weight: number) => Math.round(255 * weight) / 255

function spread(alpha: Weights, window: Window, picture: Picture): Forgery['mask'] {
  const data = new Uint8Array(picture.width * picture.height)
  for (let row = 0; row < window.height; row++) {
    const start = (window.y + row) * picture.width + window.x
    for (let i = 0; i < window.width; i++) data[start + i] = Math.round(255 * alpha[row * window.width + i]!)
  }
  return { width: picture.width, height: picture.height, data }
}
