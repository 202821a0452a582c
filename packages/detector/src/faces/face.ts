import type { Box, CropTransform, Point, Quality } from '@unswap/contract'

/** A face found by the face detector. */
export interface Detection {
  readonly box: Box
  /** Eye, eye, nose, mouth corner, mouth corner: the person's right eye (picture left when upright) first. */
  readonly landmarks: readonly [Point, Point, Point, Point, Point]
  readonly score: number
}

/** 468 points x0, y0, z0, x1, … in pixels of the picture (z on the same scale), and the probability of a face, 0..1. */
export interface Mesh {
  readonly points: Float32Array
  readonly presence: number
}

/** A detection that the mesh has confirmed. */
export interface LocatedFace {
  readonly detection: Detection
  readonly mesh: Mesh
}

/** An aligned face: RGB 0..1 planar (3 × size × size), and where the crop lies in the picture. */
export interface FaceCrop {
  /** Side of the crop in sizes of the face. */
  readonly margin: number
  readonly size: number
  readonly pixels: Float32Array
  readonly transform: CropTransform
}

/** A located face with its crop, its quality and the track that it belongs to. */
export interface TrackedFace extends LocatedFace {
  /** Stable number of the person within the media, from 0 in order of appearance. */
  readonly track: number
  /** The reference crop. */
  readonly crop: FaceCrop
  /** The crops that classifiers are given, each distinct one once. */
  readonly inputs: readonly FaceCrop[]
  readonly quality: Quality
}
