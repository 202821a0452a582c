import type { Blobs } from './blobs.ts'
import { openFolderBlobs } from './folder.ts'
import { openS3Blobs, type S3Options } from './s3.ts'

/** The store of media and evidence: the bucket when one is named, the folder otherwise. */
export async function openBlobs({ folder, s3 }: { folder: string; s3: S3Options }): Promise<Blobs> {
  return s3.bucket ? openS3Blobs(s3) : openFolderBlobs(folder)
}
