import Type, { type Static } from 'typebox'

/** What came in. */
export const MediaKind = Type.Enum(['image', 'video'])
export type MediaKind = Static<typeof MediaKind>

/** How a face was manipulated, in the order of the classifier's outputs after `manipulated`. */
export const FAMILIES = ['face_swap', 'reenactment', 'synthesis'] as const
export const Family = Type.Enum([...FAMILIES])
export type Family = (typeof FAMILIES)[number]

/** The bands of a verdict. `inconclusive` always comes with reasons. */
export const BANDS = ['likely_manipulated', 'inconclusive', 'likely_authentic'] as const
export const Band = Type.Enum([...BANDS])
export type Band = (typeof BANDS)[number]

/** Why a verdict is not more certain; each code has one sentence in `REASON_TEXT`. */
export const REASON_TEXT = {
  no_face: 'No face was found.',
  no_usable_face: 'Faces were found, but none is good enough to judge.',
  face_too_small: 'The face is too small to judge.',
  face_blurred: 'The face is too blurred to judge.',
  face_dark: 'The face is too dark to judge.',
  face_overexposed: 'The face is overexposed.',
  face_turned: 'The face is turned too far from the camera.',
  face_covered: 'Part of the face is covered.',
  face_cut_off: 'Part of the face lies outside the picture.',
  strong_compression: 'Compression has removed the detail that the decision needs.',
  between_bands: 'The probability lies between the bands in which a verdict would be reliable.',
  several_faces:
    'Among several faces one is the more likely to stand out by chance; this one does not stand out enough.',
  few_frames: 'Too few usable frames of this face.',
  frames_disagree: 'The frames of the video disagree.',
  models_disagree: 'The models disagree.',
  partly_decoded: 'Only part of the media could be decoded.',
  faces_left_out: 'There were more faces than the limit; the largest were analysed.',
} as const
export type ReasonCode = keyof typeof REASON_TEXT
export const REASON_CODES = Object.keys(REASON_TEXT) as ReasonCode[]
export const ReasonCode = Type.Enum(REASON_CODES)
