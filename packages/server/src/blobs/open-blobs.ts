import type { Blobs } from './blobs.ts'
import { openFolderBlobs } from './folder-blobs.ts'
import type { S3Options } from './s3-blobs.ts'

/** The store of media and evidence: the bucket when one is named, the folder otherwise. */
export async function openBlobs({ folder, s3 }: { folder: string; s3: S3Options }): Promise<Blobs> {
  if (!s3.bucket) return openFolderBlobs(folder)
  // Loaded when it is used: the SDK costs memory and time at the start.
  const { openS3Blobs } = await import('./s3-blobs.ts')
  return openS3Blobs(s3)
}
