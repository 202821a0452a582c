import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { UnswapError } from '@unswap/contract'
import { checkBlobName, checkBlobPrefix } from './blob-names.ts'
import type { Blobs } from './blobs.ts'

/** Access to a bucket. An empty string means the SDK's default: Amazon's endpoint, credentials of the machine. */
export interface S3Options {
  readonly bucket: string
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Start of every name in the bucket. */
  readonly prefix: string
  /** A try fails after this many seconds of silence; there are three tries. */
  readonly seconds: number
}

/** Blobs in a bucket that speaks S3 (Amazon, MinIO, Ceph, R2, …), addressed by path. */
export function openS3Blobs(options: S3Options): Blobs {
  const client = new S3Client({
    region: options.region,
    forcePathStyle: true,
    // Without them, a store that accepts a connection and never answers would be waited for without end.
    requestHandler: { connectionTimeout: options.seconds * 1000, socketTimeout: options.seconds * 1000 },
    // Not every store supports the newer checksums. The sha256 of the media is in the database anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(options.endpoint && { endpoint: options.endpoint }),
    ...(options.accessKeyId && {
      credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
    }),
  })
  const Bucket = options.bucket
  const keyOf = (name: string) => options.prefix + checkBlobName(name)

  /** Rethrows what the store threw as `storage_failed`, which is retryable; errors of our own pass unchanged. */
  const failed = (cause: unknown): never => {
    if (cause instanceof UnswapError) throw cause
    throw new UnswapError('storage_failed', 'The object store does not answer as it should; see the cause.', {
      cause,
      retryable: true,
    })
  }

  async function* list(prefix: string) {
    let ContinuationToken: string | undefined
    do {
      const page = await client
        .send(
          new ListObjectsV2Command({
            Bucket,
            Prefix: options.prefix + checkBlobPrefix(prefix),
            ...(ContinuationToken && { ContinuationToken }),
          }),
        )
        .catch(failed)
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        const name = Key!.slice(options.prefix.length)
        yield { name, bytes: Size ?? 0, changedAt: LastModified?.getTime() ?? 0 }
      }
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken)
  }

  const blobs: Blobs = {
    async put(name, content, { type, bytes } = {}) {
      const Key = keyOf(name)
      try {
        const known = content instanceof Uint8Array || bytes !== undefined
        const Body = known ? content : await gather(content)
        const ContentLength = Body instanceof Uint8Array ? Body.byteLength : bytes!
        const put = { Bucket, Key, Body, ContentLength, ...(type && { ContentType: type }) }
        await client.send(new PutObjectCommand(put))
        return { bytes: ContentLength }
      } catch (cause) {
        throw new UnswapError('storage_failed', 'The object store did not take the file; see the cause.', {
          cause,
          retryable: true,
        })
      }
    },
    async take(name, path, bytes) {
      const file = await open(path).catch((cause) => {
        throw new UnswapError('storage_failed', 'The upload is no longer there; send it again.', {
          cause,
          retryable: true,
        })
      })
      const stream = file.createReadStream()
      await blobs.put(name, stream, { bytes }).finally(() => stream.destroy())
    },
    async get(name, range) {
      const Range = range && `bytes=${range.start}-${range.end}`
      const found = await client
        .send(new GetObjectCommand({ Bucket, Key: keyOf(name), ...(Range && { Range }) }))
        .catch(unlessMissing)
        .catch(failed)
      return found ? (found.Body as Readable) : null
    },
    async size(name) {
      const found = await client
        .send(new HeadObjectCommand({ Bucket, Key: keyOf(name) }))
        .catch(unlessMissing)
        .catch(failed)
      return found ? (found.ContentLength ?? 0) : null
    },
    async delete(name) {
      await client.send(new DeleteObjectCommand({ Bucket, Key: keyOf(name) })).catch(failed)
    },
    async deleteAll(prefix) {
      let keys: string[] = []
      const flush = async () => {
        if (keys.length === 0) return
        const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true }
        const { Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete })).catch(failed)
        if (Errors?.length) {
          throw new UnswapError('storage_failed', `The object store kept ${Errors.length} files.`, {
            retryable: true,
          })
        }
        keys = []
      }
      checkBlobName(checkBlobPrefix(prefix).slice(0, -1))
      for await (const { name } of list(prefix)) {
        keys.push(options.prefix + name)
        if (keys.length === 1000) await flush()
      }
      await flush()
    },
    list,
    path: () => null,
    async ping() {
      await client.send(new HeadBucketCommand({ Bucket }))
    },
    close: () => client.destroy(),
  }
  return blobs
}

async function gather(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function unlessMissing(thrown: unknown): null {
  if (thrown instanceof S3ServiceException && thrown.$metadata.httpStatusCode === 404) return null
  throw thrown
}
