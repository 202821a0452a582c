import { buffer } from 'node:stream/consumers'
import { packedCrop, renderEvidence, renderHtml, unpackEvidence } from '@unswap/detector'
import type { Blobs } from '../blobs/blobs.ts'
import type { Service } from '../boot/service.ts'
import type { AnalysisRecord } from '../storage/analyses/analysis-record.ts'
import { findAnalysis } from '../storage/analyses/analysis-store.ts'
import {
  type EvidenceRecord,
  findEvidenceRecord,
  findReport,
  recordRendered,
} from '../storage/analyses/report-store.ts'
import type { Database } from '../storage/database.ts'
import { PACKED_EVIDENCE, REPORT_PAGE } from './prepare-evidence.ts'

type Stores = Pick<Service, 'db' | 'blobs'>

/** Evidence that is rendered when first asked for, and then kept as long as the media. */
export interface EvidenceCache {
  /** One file of evidence, rendered and stored; null when there is none of that name, or it has been erased. */
  find(analysis: AnalysisRecord, name: string): Promise<EvidenceRecord | null>
  /** The crop of the most suspicious face as a JPEG, read from the packed evidence; null when there is none. */
  packedCrop(analysis: AnalysisRecord): Promise<Uint8Array | null>
}

/**
 * Renders one analysis at a time, and once for all who ask meanwhile, so that memory and processor stay free for
 * requests.
 */
export function openEvidenceCache({ db, blobs }: Stores): EvidenceCache {
  const rendering = new Map<string, Promise<void>>()
  let turn: Promise<unknown> = Promise.resolve()
  const rendered = (analysis: AnalysisRecord, packed: EvidenceRecord): Promise<void> => {
    const known = rendering.get(analysis.id)
    if (known) return known
    const mine = turn
      .then(() => render({ db, blobs }, analysis, packed))
      .finally(() => rendering.delete(analysis.id))
    turn = mine.catch(() => undefined)
    rendering.set(analysis.id, mine)
    return mine
  }
  return {
    async find(analysis, name) {
      if (name === PACKED_EVIDENCE) return null
      const found = await findEvidenceRecord(db, analysis.id, name)
      if (found === null || found.bytes > 0) return found
      const packed = await findEvidenceRecord(db, analysis.id, PACKED_EVIDENCE)
      if (packed === null) return null
      await rendered(analysis, packed)
      const now = await findEvidenceRecord(db, analysis.id, name)
      return now !== null && now.bytes > 0 ? now : null
    },
    async packedCrop({ id }) {
      const packed = await findEvidenceRecord(db, id, PACKED_EVIDENCE)
      const bytes = packed && (await read(blobs, packed))
      return bytes && packedCrop(bytes)
    },
  }
}

/** Renders and stores all evidence of an analysis, unless it is erased first. */
async function render(
  { db, blobs }: Stores,
  analysis: AnalysisRecord,
  packed: EvidenceRecord,
): Promise<void> {
  const { id, name } = analysis
  const [bytes, report] = await Promise.all([read(blobs, packed), findReport(db, id)])
  if (bytes === null || report === null || !(await isHeld(db, id))) return
  const files = await renderEvidence({ report, evidence: await unpackEvidence(bytes) })
  const page = await renderHtml({ report }, { files, ...(name !== null && { name }) })
  const prefix = packed.blob.slice(0, -PACKED_EVIDENCE.length)
  const all = [
    ...files.map(({ name, type, bytes }) => ({ name, type, bytes })),
    { name: REPORT_PAGE, type: 'text/html', bytes: new TextEncoder().encode(page) },
  ]
  await Promise.all(all.map(({ name, type, bytes }) => blobs.put(prefix + name, bytes, { type })))
  await recordRendered(
    db,
    id,
    all.map(({ name, bytes }) => ({ name, bytes: bytes.byteLength })),
  )
  // The evidence was erased while it was rendered: remove what was stored too late.
  if (!(await isHeld(db, id))) await blobs.deleteAll(prefix)
}

/** Whether media and evidence of an analysis may still be kept. */
async function isHeld(db: Database, id: string): Promise<boolean> {
  const analysis = await findAnalysis(db, id)
  if (analysis === null || analysis.mediaBlob === null) return false
  return analysis.expiresAt === null || analysis.expiresAt > Date.now()
}

async function read(blobs: Blobs, { blob }: EvidenceRecord): Promise<Uint8Array | null> {
  const stream = await blobs.get(blob)
  return stream && (await buffer(stream))
}
