/**
 * What an analysis does unless it is told otherwise; `DEFAULT_LIMITS` are its bounds. This file imports nothing, so that
 * the page takes it without the schemas.
 */
export const ANALYSIS_DEFAULTS = {
  /** Frames of a video, spread evenly; a second pass adds more around faces that were seen in too few of them. */
  frames: 32,
  /** Faces kept per frame, largest first. */
  maxFaces: 16,
  /** Scores averaged with those of the mirrored crop. */
  flip: false,
  /** Frames kept as pictures, most suspicious first. */
  evidenceFrames: 6,
} as const
