import { randomBytes, randomUUIDv7 } from 'node:crypto'
import type { Band, Family, ModelIdentity, Report } from '@unswap/contract'
import { mediaBlobName } from '../../src/blobs/blob-names.ts'
import type { NewAnalysis } from '../../src/storage/analyses/analysis-record.ts'

export const MODEL: ModelIdentity = {
  id: 'model-1',
  variant: 'int8',
  sha256: 'a'.repeat(64),
  calibration: { sha256: 'b'.repeat(64), status: 'provisional', fittedOn: 'nothing' },
}

/** An analysis as a submission makes it, with a sha256 of its own. */
export function sampleAnalysis(change: Partial<NewAnalysis> = {}): NewAnalysis {
  const id = change.id ?? randomUUIDv7()
  return {
    id,
    owner: 'key:one',
    priority: 'live',
    name: null,
    tags: [],
    source: 'upload',
    sha256: randomBytes(32).toString('hex'),
    bytes: 1000,
    mediaBlob: mediaBlobName(id),
    settings: { sampling: { count: 32 }, maxFaces: 16, flip: false },
    models: null,
    retention: 'keep',
    webhook: null,
    batch: null,
    fresh: false,
    ...change,
  }
}

/** A report of a photograph with `faces` faces left out, so that it stays short. */
export function sampleReport({
  sha256 = 'c'.repeat(64),
  band = 'likely_authentic' as Band,
  probability = 0.1 as number | null,
  family = null as Family | null,
  faces = 1,
} = {}): Report {
  return {
    schema: 'unswap.report/1',
    version: '0.0.0',
    media: {
      sha256,
      kind: 'image',
      format: 'jpeg',
      bytes: 1000,
      width: 100,
      height: 100,
      codec: null,
      durationSeconds: null,
      frameCount: null,
      frameRate: null,
      rotation: 0,
      decoder: 'sharp',
    },
    settings: { sampling: { count: 32 }, maxFaces: 16, flip: false },
    models: [MODEL],
    verdict: { band, probability, interval: null, family, faceId: null, reasons: [] },
    faces: [],
    facesLeftOut: faces,
    frames: [{ index: 0, seconds: 0, faces }],
    cuts: [],
    notes: [],
  }
}
