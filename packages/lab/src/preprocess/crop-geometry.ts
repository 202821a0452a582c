/**
 * Square crops of a face. `margin`: the side in sizes of the face; `size`: pixels on a side.
 * The detector's is that of the geometry contract (docs/architecture.md).
 */
export const DETECTOR_CROP = { margin: 1.3, size: 224 } as const

/** Crops for training are wider, so that the trainer can jitter them; small faces are stored with fewer pixels. */
export const STORED_CROP = { margin: 1.6, size: 288, leastSize: 32 } as const

/** Side of the detector's crop where that of the stored one is `side`, in the same unit. */
export const detectorSide = (side: number): number => (side * DETECTOR_CROP.margin) / STORED_CROP.margin
