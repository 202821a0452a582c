import Type, { type Static } from 'typebox'
import { Count, Nullable, Time } from '../primitives.ts'
import { AnalysisState, Band } from '../vocabulary-schema.ts'
import { AnalysisSummary } from './analysis-resource.ts'
import { Problem } from './problem.ts'

/** Many files sent together: `GET /api/v1/batches/:id`. A broken file never stops the others. */
export const Batch = Type.Object({
  id: Type.String(),
  name: Nullable(Type.String()),
  createdAt: Time(),
  done: Type.Boolean({ description: 'every analysis has reached a final state' }),
  total: Count,
  states: Type.Record(AnalysisState, Count),
  verdicts: Type.Record(Band, Count),
  analyses: Type.Array(AnalysisSummary, { description: 'in the order of the files' }),
  refused: Type.Array(Type.Object({ name: Nullable(Type.String()), error: Problem }), {
    description: 'files that were not accepted; only in the answer to the submission',
  }),
})
export type Batch = Static<typeof Batch>
