/**
 * What an analysis does when nobody says otherwise: frames of a video, spread evenly over it, faces kept per frame, and
 * frames kept as evidence. A second pass then looks closer around faces that were seen in too few frames.
 */
export const ANALYSIS_DEFAULTS = { frames: 32, maxFaces: 16, evidenceFrames: 6 } as const
