import Type, { type Static } from 'typebox'
import { Bands } from '../calibration.ts'
import { Licence, Training } from '../manifest.ts'
import { Count, Nullable } from '../primitives.ts'
import { CalibrationStatus, Family, MediaKind, WEIGHT_VARIANTS } from '../vocabulary-schema.ts'

/** One classifier, what it was calibrated on, and its card. */
export const Model = Type.Object({
  id: Type.String(),
  description: Type.String(),
  variant: Type.Enum([...WEIGHT_VARIANTS], { description: 'the weights that run on this processor' }),
  sha256: Type.String(),
  families: Type.Array(Family),
  thresholds: Type.Record(Type.String(), Type.Number(), { description: 'logits per output' }),
  inputSize: Type.Integer(),
  licence: Licence,
  training: Training,
  calibration: Type.Object({
    sha256: Type.String(),
    status: CalibrationStatus,
    fittedOn: Type.String(),
    prior: Type.Number(),
    ...Type.Record(MediaKind, Type.Object({ bands: Bands, samples: Count })).properties,
  }),
  card: Nullable(Type.String({ description: 'the model card, Markdown' })),
  figures: Nullable(Type.Unknown({ description: 'the last committed evaluation, as the lab wrote it' })),
})
export type Model = Static<typeof Model>

/** `GET /api/v1/models`. */
export const ModelList = Type.Object({ version: Type.String(), items: Type.Array(Model) })
export type ModelList = Static<typeof ModelList>
