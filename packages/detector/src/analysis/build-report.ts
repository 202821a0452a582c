import {
  type ContentCredentials,
  type Face,
  type MediaKind,
  type ModelIdentity,
  REASON_TEXT,
  REPORT_SCHEMA,
  type Report,
  type Settings,
  type TemporalMeasure,
  type Verdict,
} from '@unswap/contract'
import type { Media } from '../media/frame.ts'
import type { ReportWithEvidence } from '../report/evidence/evidence.ts'
import type { TrackSummary } from '../temporal/track-score.ts'
import type { FaceDecision } from '../verdict/face-verdict.ts'
import { VERSION } from '../version.ts'
import type { FaceTrack } from './face-track.ts'
import type { Pass } from './frame-loop.ts'
import type { OpenedClassifier } from './opened.ts'

/** A face track, pooled over time and decided. */
export interface DecidedFace {
  readonly track: FaceTrack
  readonly summary: TrackSummary
  readonly decision: FaceDecision
}

/** The verdict on the media, and those on its faces. */
export interface Decided {
  readonly verdict: Verdict
  /** In order of appearance. */
  readonly faces: readonly DecidedFace[]
}

export interface ReportParts {
  readonly settings: Settings
  readonly classifiers: readonly OpenedClassifier[]
  readonly contentCredentials: ContentCredentials
  readonly pass: Pass
  readonly decided: Decided
  /** What the temporal heads say of each decided face. */
  readonly motion: readonly (readonly TemporalMeasure[])[]
}

/** Puts all that was found and decided into the report, most suspicious faces first. */
export function buildReport(
  media: Media,
  { settings, classifiers, contentCredentials, pass, decided, motion }: ReportParts,
): ReportWithEvidence {
  const { verdict } = decided
  const ordered = decided.faces
    .map((face, i) => ({ ...face, motion: motion[i]! }))
    .toSorted(
      (a, b) =>
        Number(b.decision.id === verdict.faceId) - Number(a.decision.id === verdict.faceId) ||
        b.decision.scores.manipulated - a.decision.scores.manipulated ||
        a.track.number - b.track.number,
    )
  const report: Report = {
    schema: REPORT_SCHEMA,
    version: VERSION,
    media: media.info,
    settings,
    models: classifiers.map((classifier) => toModel(classifier, media.info.kind)),
    verdict,
    faces: ordered.map((face) => toFace(face, face.motion)),
    facesLeftOut: pass.facesLeftOut,
    frames: pass.frames,
    cuts: [...pass.cuts],
    notes: media.notes.map((code) => ({ code, message: REASON_TEXT[code] })),
    contentCredentials,
  }
  const faces = ordered.flatMap(({ track, decision }) => {
    if (!track.evidence) return []
    const { frame, crop, map } = track.evidence
    return [{ faceId: decision.id, frame, crop, map }]
  })
  return { report, evidence: { frames: pass.evidence, faces } }
}

/** The classifier with what its calibration assumes, and its bands for this kind of media. */
function toModel({ identity, calibration }: OpenedClassifier, kind: MediaKind): ModelIdentity {
  const { prior, [kind]: part } = calibration
  return { ...identity, calibration: { ...identity.calibration, prior, bands: part.bands } }
}

function toFace({ track, summary, decision }: DecidedFace, motion: readonly TemporalMeasure[]): Face {
  const { timeline, evidence } = track
  return {
    id: decision.id,
    firstSeconds: timeline[0]!.seconds,
    lastSeconds: timeline.at(-1)!.seconds,
    observed: summary.observed,
    usable: summary.usable,
    scores: decision.scores,
    models: [...decision.models],
    verdict: decision.verdict,
    ...(decision.bands && { bands: decision.bands }),
    quality: summary.quality,
    map: evidence?.summary ?? null,
    temporal: [...summary.temporal, ...motion],
    timeline,
  }
}
