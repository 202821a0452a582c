import type { CropSpec } from './align.ts'

/**
 * The crop in which faces are described, whatever crops the classifiers are given. The limits of quality, the similarity
 * of tracks, the strata of calibrations and the rows of temporal heads were measured in it. Regions, maps and evidence
 * are drawn over it.
 */
export const REFERENCE_CROP: CropSpec = { margin: 1.3, size: 224 }

/**
 * Smallest face that is judged: side of its reference crop, in pixels of the picture. Below it, the logits of real faces
 * move further from those of the full-size face than chance moves them (docs/faces.md).
 */
export const SMALLEST_SIDE = 64

/** The same face's longer side without margin: the smallest that is searched for. */
export const SMALLEST_FACE = SMALLEST_SIDE / REFERENCE_CROP.margin
