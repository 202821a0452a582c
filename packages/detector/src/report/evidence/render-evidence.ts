import type { EVIDENCE_ROLES, Report } from '@unswap/contract'
import sharp from 'sharp'
import { annotateFrame } from '../drawing/annotate.ts'
import { encodeContactSheet } from '../drawing/contact-sheet.ts'
import { encodeHeatMap, encodeMap, encodeOverlay } from '../drawing/heat-map.ts'
import { renderTimeline } from '../drawing/timeline-chart.ts'
import type { EvidenceFace, ReportWithEvidence } from './evidence.ts'

export type EvidenceRole = (typeof EVIDENCE_ROLES)[number]

/** One picture of the evidence, ready to be written or served. */
export interface EvidenceFile {
  /** File name without a folder; letters, digits, `.`, `_` and `-` only. */
  readonly name: string
  /** MIME type. */
  readonly type: 'image/jpeg' | 'image/png' | 'image/svg+xml'
  readonly role: EvidenceRole
  /** The face shown, null for pictures of the whole media. */
  readonly faceId: string | null
  /** Size in pixels. */
  readonly width: number
  readonly height: number
  readonly bytes: Uint8Array
}

const JPEG = { quality: 90, chromaSubsampling: '4:4:4' } as const

/** A report may come from anywhere: its face ids must not lead out of the folder. */
const fileStem = (faceId: string) => {
  const safe = faceId.replace(/[^A-Za-z0-9_-]+/g, '-')
  return safe.startsWith('face-') ? safe : `face-${safe}`
}

async function measured(
  file: Pick<EvidenceFile, 'name' | 'type' | 'role' | 'faceId'>,
  bytes: Uint8Array,
): Promise<EvidenceFile> {
  const { width, height } = await sharp(bytes).metadata()
  return { ...file, width, height, bytes }
}

async function renderFace(face: EvidenceFace): Promise<EvidenceFile[]> {
  const { faceId, crop, map } = face
  const stem = fileStem(faceId)
  const raw = { width: crop.width, height: crop.height, channels: 3 as const }
  const picture = await sharp(crop.data, { raw }).jpeg(JPEG).toBuffer()
  const files = [measured({ name: `${stem}.crop.jpg`, type: 'image/jpeg', role: 'crop', faceId }, picture)]
  if (map !== null) {
    const type = 'image/png'
    files.push(
      measured(
        { name: `${stem}.heatmap.png`, type, role: 'heatmap', faceId },
        await encodeHeatMap(crop, map),
      ),
      measured({ name: `${stem}.overlay.png`, type, role: 'overlay', faceId }, await encodeOverlay(map)),
      measured({ name: `${stem}.map.png`, type, role: 'map', faceId }, await encodeMap(map)),
    )
  }
  return Promise.all(files)
}

function renderTimelineFile(report: Report): EvidenceFile {
  const { svg, width, height } = renderTimeline(report)
  const bytes = new TextEncoder().encode(svg)
  return {
    name: 'timeline.svg',
    type: 'image/svg+xml',
    role: 'timeline',
    faceId: null,
    width,
    height,
    bytes,
  }
}

/** What `renderEvidence` would render, in the same order, without doing so. */
export function listEvidence({
  report,
  evidence,
}: ReportWithEvidence): Pick<EvidenceFile, 'name' | 'type'>[] {
  const frames = evidence.frames.length > 0
  const video = report.media.kind === 'video'
  const jpeg = (name: string) => [{ name, type: 'image/jpeg' } as const]
  const png = (name: string) => ({ name, type: 'image/png' }) as const
  return [
    ...(frames ? jpeg('annotated.jpg') : []),
    ...evidence.faces.flatMap(({ faceId, map }) => {
      const stem = fileStem(faceId)
      const maps = ['heatmap', 'overlay', 'map'].map((role) => png(`${stem}.${role}.png`))
      return [...jpeg(`${stem}.crop.jpg`), ...(map === null ? [] : maps)]
    }),
    ...(video && frames ? jpeg('contact-sheet.jpg') : []),
    ...(video ? [{ name: 'timeline.svg', type: 'image/svg+xml' } as const] : []),
  ]
}

/**
 * Renders the pictures behind a report. Always the same bytes for the same analysis.
 *
 * - `annotated.jpg`: the photograph, or the most suspicious frame, with boxes, ids, verdicts and scores
 * - per face `face-1.crop.jpg`; where a model gives a map, also `face-1.heatmap.png` (crop, map and scale),
 *   `face-1.overlay.png` (the map alone, transparent) and `face-1.map.png` (grey, one pixel a cell)
 * - for videos `contact-sheet.jpg` and `timeline.svg`
 *
 * What was not kept in `evidence` is left out.
 */
export async function renderEvidence({ report, evidence }: ReportWithEvidence): Promise<EvidenceFile[]> {
  const files: EvidenceFile[] = []
  const first = evidence.frames[0]
  if (first !== undefined) {
    const { image, width, height } = annotateFrame(report, first, { longest: 1600, shortest: 640 })
    const bytes = await image.jpeg(JPEG).toBuffer()
    files.push({
      name: 'annotated.jpg',
      type: 'image/jpeg',
      role: 'annotated',
      faceId: null,
      width,
      height,
      bytes,
    })
  }
  for (const face of evidence.faces) files.push(...(await renderFace(face)))
  if (report.media.kind === 'video') {
    if (evidence.frames.length > 0) {
      const sheet = await encodeContactSheet(report, evidence.frames)
      const name = 'contact-sheet.jpg'
      files.push({ name, type: 'image/jpeg', role: 'contact_sheet', faceId: null, ...sheet })
    }
    files.push(renderTimelineFile(report))
  }
  return files
}
