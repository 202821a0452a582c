import Type, { type Static } from 'typebox'
import { Nullable, Time } from '../primitives.ts'
import { Progress } from '../progress.ts'
import { Report, Settings } from '../report.ts'
import { Verdict } from '../verdict.ts'
import { AnalysisState, Band, EvidenceRole, MediaKind, Priority, Retention } from '../vocabulary-schema.ts'
import { Feedback } from './feedback-request.ts'
import { Problem } from './problem.ts'

/**
 * A picture that explains the report, at `GET /api/v1/analyses/:id/evidence/:name`. `overlay` is the manipulation map
 * with transparency, to lay over the crop; `map` is the same in grey, one pixel a cell.
 */
export const EvidenceLink = Type.Object({
  name: Type.String({ description: 'annotated.jpg, face-1.crop.jpg, face-1.overlay.png, …' }),
  type: Type.String({ description: 'media type' }),
  role: EvidenceRole,
  faceId: Nullable(Type.String()),
  bytes: Nullable(Type.Integer({ minimum: 1 }), {
    description: 'null until it is first asked for, when it is rendered',
  }),
  href: Type.String(),
})
export type EvidenceLink = Static<typeof EvidenceLink>

/** One analysis as lists show it. Addresses are relative to the service. */
export const AnalysisSummary = Type.Object({
  id: Type.String(),
  state: AnalysisState,
  name: Nullable(Type.String()),
  tags: Type.Array(Type.String()),
  priority: Priority,
  retention: Retention,
  batchId: Nullable(Type.String()),
  sha256: Type.String(),
  bytes: Type.Integer({ minimum: 0 }),
  source: Type.Enum(['upload', 'base64', 'url'], { description: 'how the media came in' }),
  kind: Nullable(MediaKind),
  settings: Settings,
  progress: Nullable(Progress),
  verdict: Nullable(Verdict),
  override: Nullable(Band),
  faces: Nullable(Type.Integer({ minimum: 0 })),
  error: Nullable(Problem),
  createdAt: Time(),
  startedAt: Nullable(Time()),
  finishedAt: Nullable(Time()),
  expiresAt: Nullable(Time()),
  mediaKept: Type.Boolean({ description: 'whether media and evidence are still there' }),
  thumbnail: Nullable(Type.String()),
  links: Type.Object({
    self: Type.String(),
    events: Type.String(),
    reportJson: Nullable(Type.String()),
    reportHtml: Nullable(Type.String()),
    media: Nullable(Type.String()),
  }),
})
export type AnalysisSummary = Static<typeof AnalysisSummary>

/** One analysis in full: `GET /api/v1/analyses/:id` and the answer to a submission. */
export const AnalysisResource = Type.Object({
  ...AnalysisSummary.properties,
  reused: Type.Boolean({
    description: 'the result was taken from another analysis of the same media with the same settings',
  }),
  report: Nullable(Report),
  evidence: Type.Array(EvidenceLink),
  feedback: Type.Array(Feedback),
})
export type AnalysisResource = Static<typeof AnalysisResource>
