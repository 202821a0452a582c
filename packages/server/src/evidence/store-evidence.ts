import type { Blobs } from '../blobs/blobs.ts'
import type { EvidenceRecord } from '../storage/analyses/report-store.ts'
import type { EvidenceBytes } from '../worker/analyzer.ts'

/** Stores the files of evidence under a prefix; those without bytes are rendered when they are asked for. */
export async function storeEvidence(
  blobs: Blobs,
  prefix: string,
  evidence: readonly EvidenceBytes[],
): Promise<EvidenceRecord[]> {
  return Promise.all(
    evidence.map(async ({ name, type, bytes }) => {
      const blob = prefix + name
      if (bytes !== null) await blobs.put(blob, bytes, { type })
      return { name, type, bytes: bytes?.byteLength ?? 0, blob }
    }),
  )
}
