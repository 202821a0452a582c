import Type, { type Static } from 'typebox'
import { AnalysisSummary } from './analysis.ts'
import { Problem } from './problem.ts'

const Count = Type.Integer({ minimum: 0 })

/** Many files sent together: `GET /api/v1/batches/:id`. A broken file never stops the others. */
export const Batch = Type.Object({
  id: Type.String(),
  name: Type.Union([Type.String(), Type.Null()]),
  createdAt: Type.String({ format: 'date-time' }),
  done: Type.Boolean({ description: 'every analysis has reached a final state' }),
  total: Count,
  states: Type.Object({ queued: Count, running: Count, completed: Count, failed: Count, cancelled: Count }),
  verdicts: Type.Object({ likely_manipulated: Count, inconclusive: Count, likely_authentic: Count }),
  analyses: Type.Array(AnalysisSummary, { description: 'in the order of the files' }),
  refused: Type.Array(Type.Object({ name: Type.Union([Type.String(), Type.Null()]), error: Problem }), {
    description: 'files that were not accepted; only in the answer to the submission',
  }),
})
export type Batch = Static<typeof Batch>
