import Type, { type Static } from 'typebox'
import { Count, Nullable, Time } from '../primitives.ts'
import { AnalysisSort, AnalysisState, BANDS, Family, MediaKind } from '../vocabulary-schema.ts'
import { AnalysisSummary } from './analysis-resource.ts'

const Filters = {
  state: Type.Optional(AnalysisState),
  verdict: Type.Optional(
    Type.Enum([...BANDS], { description: 'what a person decided, or else the verdict of the machine' }),
  ),
  decided: Type.Optional(Type.Boolean({ description: 'whether a person decided' })),
  family: Type.Optional(Family),
  kind: Type.Optional(MediaKind),
  tag: Type.Optional(Type.String({ maxLength: 64 })),
  text: Type.Optional(
    Type.String({ maxLength: 255, description: 'part of the name, or start of the sha256' }),
  ),
  batch: Type.Optional(Type.String({ maxLength: 64 })),
  from: Type.Optional(Time({ description: 'created at or after' })),
  to: Type.Optional(Time({ description: 'created before' })),
}

/** Filters, order and page of `GET /api/v1/analyses`. */
export const AnalysisQuery = Type.Object(
  {
    ...Filters,
    sort: Type.Optional(AnalysisSort),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    cursor: Type.Optional(Type.String({ maxLength: 512, description: '`next` of the page before' })),
  },
  { additionalProperties: false },
)
export type AnalysisQuery = Static<typeof AnalysisQuery>

export const AnalysisList = Type.Object({
  items: Type.Array(AnalysisSummary),
  next: Nullable(Type.String({ description: 'cursor of the next page' })),
})
export type AnalysisList = Static<typeof AnalysisList>

/** Filters of `GET /api/v1/analyses/count`. */
export const CountQuery = Type.Object(Filters, { additionalProperties: false })

export const AnalysisCount = Type.Object({ count: Count })
export type AnalysisCount = Static<typeof AnalysisCount>

/** Filters and order of `GET /api/v1/analyses/export.csv`. */
export const ExportQuery = Type.Object(
  { ...Filters, sort: Type.Optional(AnalysisSort) },
  { additionalProperties: false },
)

/** Analyses by their ids, for `POST /api/v1/analyses/export.csv` and `POST /api/v1/analyses/erase`. */
export const NamedAnalyses = Type.Object(
  { ids: Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 10_000, uniqueItems: true }) },
  { additionalProperties: false },
)

/** What came of `POST /api/v1/analyses/erase`. */
export const Erased = Type.Object({
  erased: Count,
  missing: Type.Integer({ minimum: 0, description: 'named, but gone already or not the caller’s' }),
})
export type Erased = Static<typeof Erased>
