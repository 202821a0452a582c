import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import S3rver from 's3rver'
import type { RunningService } from './run-program.ts'

/** An object store that speaks S3 on loopback, with one bucket `media`. Key and secret are both `S3RVER`. */
export async function startS3(): Promise<RunningService> {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-s3-'))
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: folder,
    configureBuckets: [{ name: 'media' }],
  })
  const { port } = await server.run()
  return {
    address: `http://127.0.0.1:${port}`,
    async stop() {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
