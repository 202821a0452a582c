import { readFileSync } from 'node:fs'
import {
  type ContentCredentials,
  type Face,
  type ModelIdentity,
  REASON_TEXT,
  REPORT_SCHEMA,
  type Report,
  type Settings,
  type TemporalMeasure,
} from '@unswap/contract'
import type { Media } from '../media/frame.ts'
import type { EvidenceFace } from '../report/evidence/evidence.ts'
import type { JudgingModel } from '../verdict/ensemble.ts'
import { decideFace } from '../verdict/face-verdict.ts'
import { decideMedia } from '../verdict/media-verdict.ts'
import { temperFaces } from '../verdict/multiple-faces.ts'
import type { Person } from './face-track.ts'
import type { Watched } from './frame-loop.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

interface Basis {
  readonly settings: Settings
  readonly models: readonly ModelIdentity[]
  readonly contentCredentials: ContentCredentials
  readonly judging: readonly JudgingModel[]
  /** What the temporal heads say of each of the watched persons. */
  readonly motion: readonly (readonly TemporalMeasure[])[]
}

/** Pools each person's frames, decides, and puts everything into the report; most suspicious faces first. */
export function conclude(
  media: Media,
  watched: Watched,
  { settings, models, contentCredentials, judging, motion }: Basis,
): { report: Report; faces: EvidenceFace[] } {
  const { kind } = media.info
  const pooled = watched.persons.map((person, i) => ({
    person,
    summary: person.pool.finish(),
    motion: motion[i]!,
  }))
  const decisions = temperFaces(
    pooled.map(({ person, summary }) =>
      decideFace({ id: `face-${person.track + 1}`, kind, summary }, judging),
    ),
  )
  const decided = pooled.map((one, i) => ({ ...one, decision: decisions[i]! }))
  const verdict = decideMedia(decisions, {
    partlyDecoded: media.partlyDecoded,
    facesLeftOut: watched.leftOut,
  })
  const ordered = decided.toSorted(
    (a, b) =>
      Number(b.decision.id === verdict.faceId) - Number(a.decision.id === verdict.faceId) ||
      b.decision.scores.manipulated - a.decision.scores.manipulated ||
      a.person.track - b.person.track,
  )
  const faces = ordered.map(({ person, summary, motion, decision }): Face => {
    const first = person.timeline[0]!
    return {
      id: decision.id,
      firstSeconds: first.seconds,
      lastSeconds: person.timeline.at(-1)!.seconds,
      observed: summary.observed,
      usable: summary.usable,
      scores: decision.scores,
      models: [...decision.models],
      verdict: decision.verdict,
      quality: summary.quality,
      map: person.telling?.summary ?? null,
      temporal: [...summary.temporal, ...motion],
      timeline: person.timeline,
    }
  })
  const report: Report = {
    schema: REPORT_SCHEMA,
    version,
    media: media.info,
    settings,
    models: [...models],
    verdict,
    faces,
    facesLeftOut: watched.leftOut,
    frames: watched.frames,
    cuts: [...watched.cuts],
    notes: media.partlyDecoded ? [{ code: 'partly_decoded', message: REASON_TEXT.partly_decoded }] : [],
    contentCredentials,
  }
  return { report, faces: ordered.flatMap(({ person, decision }) => evidenceOf(person, decision.id)) }
}

function evidenceOf({ telling }: Person, faceId: string): EvidenceFace[] {
  return telling ? [{ faceId, frame: telling.frame, crop: telling.crop, map: telling.map }] : []
}
