/**
 * Every list of words that Unswap uses, as plain constants and their types. No schemas, so that a page can load it for
 * a few hundred bytes: `@unswap/contract/vocabulary`. The schemas of the same names are in `vocabulary-schema.ts`.
 */

/** What came in. */
export const MEDIA_KINDS = ['image', 'video'] as const
export type MediaKind = (typeof MEDIA_KINDS)[number]

/** How a face was manipulated. A family added here becomes an output, a score, a threshold and a filter. */
export const FAMILIES = ['face_swap', 'reenactment', 'synthesis'] as const
export type Family = (typeof FAMILIES)[number]

/** What a classifier says of a face, in this order everywhere: manipulated in any way, then each family. */
export const OUTPUTS = ['manipulated', ...FAMILIES] as const
export type Output = (typeof OUTPUTS)[number]

/** The bands of a verdict, most suspicious first. `inconclusive` always comes with reasons. */
export const BANDS = ['likely_manipulated', 'inconclusive', 'likely_authentic'] as const
export type Band = (typeof BANDS)[number]

/** Why a verdict is not more certain, one sentence for each code. */
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
  damaged: 'Part of the file is damaged, so part of the picture may not be what was recorded.',
  flawed_file: 'The file breaks rules of its format, but its whole picture could be read.',
  faces_left_out: 'There were more faces than the limit; the largest were analysed.',
} as const
export type ReasonCode = keyof typeof REASON_TEXT

/** The steps that a running analysis tells of, in order. */
export const STAGES = ['media', 'faces', 'scoring', 'temporal', 'report'] as const
export type Stage = (typeof STAGES)[number]

/** How the numbers of a model's weights are stored. */
export const WEIGHT_VARIANTS = ['int8', 'float'] as const
export type WeightVariant = (typeof WEIGHT_VARIANTS)[number]

/** Whether a calibration was fitted on a full set of labelled media, or stands in until one is. */
export const CALIBRATION_STATUSES = ['provisional', 'fitted'] as const
export type CalibrationStatus = (typeof CALIBRATION_STATUSES)[number]

/** States after which nothing more happens to an analysis. */
export const FINAL_STATES = ['completed', 'failed', 'cancelled'] as const
export const ANALYSIS_STATES = ['queued', 'running', ...FINAL_STATES] as const
export type AnalysisState = (typeof ANALYSIS_STATES)[number]

/** True when nothing more will happen to the analysis. */
export const isFinal = (state: AnalysisState): boolean => state !== 'queued' && state !== 'running'

/** Orders of a list of analyses; a minus means descending. The first is the default. */
export const ANALYSIS_SORTS = ['-createdAt', 'createdAt', '-probability', 'probability'] as const
export type AnalysisSort = (typeof ANALYSIS_SORTS)[number]

/** Pictures that explain a report. */
export const EVIDENCE_ROLES = [
  'annotated',
  'crop',
  'heatmap',
  'overlay',
  'map',
  'contact_sheet',
  'timeline',
] as const
export type EvidenceRole = (typeof EVIDENCE_ROLES)[number]

/** Who goes first: somebody is waiting, a batch, or whenever there is time. */
export const PRIORITIES = ['live', 'batch', 'low'] as const
export type Priority = (typeof PRIORITIES)[number]

/** What a caller may do. `admin` includes the others. */
export const SCOPES = ['analyze', 'read', 'feedback', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** How long media and evidence are kept: not beyond the analysis, until they are deleted, or that many hours. */
export type Retention = 'none' | 'keep' | `hours:${number}`
export const RETENTION_PATTERN = '^(none|keep|hours:[1-9][0-9]{0,4})$'

/** The hours of `hours:N`; null for `none` and `keep`. */
export const retentionHours = (retention: string): number | null =>
  retention.startsWith('hours:') ? Number(retention.slice('hours:'.length)) : null
