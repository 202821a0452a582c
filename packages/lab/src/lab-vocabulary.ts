/**
 * The words of labelled data and the defaults of the lab. Imports nothing, so that the command can write its help
 * without loading the lab: `@unswap/lab/vocabulary`.
 */

/** What a data set says of its media. These words are used in the lab alone; a report has bands. */
export const LABELS = ['real', 'fake'] as const
export type Label = (typeof LABELS)[number]

/** Parts of a data set, from what is learnt from to what is measured on. */
export const SPLITS = ['train', 'val', 'test'] as const
export type Split = (typeof SPLITS)[number]

/** What a data set may say of the person who is seen. */
export const TRAITS = ['sex', 'age', 'skinTone'] as const
export type Trait = (typeof TRAITS)[number]
export type Traits = Readonly<Partial<Record<Trait, string>>>

/** Published data sets whose layout is known, beside `folders` and `csv` for one's own. */
export const PUBLISHED_DATASETS = [
  'faceforensics',
  'deepfakedetection',
  'celeb-df',
  'dfdc',
  'deeperforensics',
  'wilddeepfake',
  'mesonet',
] as const

/** Kinds of curves from a logit to a probability. */
export const FIT_NAMES = ['temperature', 'platt', 'beta', 'isotonic'] as const
export type FitName = (typeof FIT_NAMES)[number]

export const PREPROCESS_DEFAULTS = {
  /** Per video, spread evenly. */
  frames: 32,
  /** Largest first; one, since not every face of a fake need be forged. */
  facesPerFrame: 1,
  /** Files per shard; what a kill can cost. */
  shardItems: 16,
} as const

export const EVALUATE_DEFAULTS = {
  /** Crops of each label that are degraded. */
  robustness: 40,
  /** Crops of found fakes in the deletion test. */
  deletion: 20,
} as const
