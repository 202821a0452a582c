import { REFERENCE_CROP } from '@unswap/detector'

/** Crops for training are wider than the detector's, so that the trainer can jitter them; small faces are stored with fewer pixels. */
export const STORED_CROP = { margin: 1.6, size: 288, leastSize: 32 } as const

/**
 * Side of a crop of the detector where that of the stored one is `side`, in the same unit.
 * @param margin of the crop; the reference crop's by default
 */
export const detectorSide = (side: number, margin = REFERENCE_CROP.margin): number =>
  (side * margin) / STORED_CROP.margin
