import type { Blobs } from './blobs.ts'
import { openFolderBlobs } from './folder-blobs.ts'
import type { S3Options } from './s3-blobs.ts'

/** Opens the store of media and evidence: the bucket when one is named, otherwise the folder. */
export async function openBlobs({ folder, s3 }: { folder: string; s3: S3Options }): Promise<Blobs> {
  if (!s3.bucket) return openFolderBlobs(folder)
  // Imported on demand: the SDK takes memory and start-up time that most services do not need.
  const { openS3Blobs } = await import('./s3-blobs.ts')
  return openS3Blobs(s3)
}
