import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { analysisPrefix, evidencePrefix, mediaBlobName } from '../../src/blobs/blob-names.ts'
import type { BlobEntry, Blobs } from '../../src/blobs/blobs.ts'
import { openBlobs } from '../../src/blobs/open-blobs.ts'
import type { RunningService } from '../services/run-program.ts'
import { startS3 } from '../services/start-s3.ts'

const NO_BUCKET = {
  bucket: '',
  endpoint: '',
  region: '',
  accessKeyId: '',
  secretAccessKey: '',
  prefix: '',
  seconds: 5,
}

let folder: string
let s3: RunningService

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unswap-blobs-'))
  s3 = await startS3()
})
afterAll(async () => {
  await s3.stop()
  await rm(folder, { recursive: true, force: true })
})

const openFolder = () => openBlobs({ folder: join(folder, 'blobs'), s3: NO_BUCKET })
const openBucket = (prefix = '') =>
  openBlobs({
    folder,
    s3: {
      bucket: 'media',
      endpoint: s3.address,
      region: 'us-east-1',
      accessKeyId: 'S3RVER',
      secretAccessKey: 'S3RVER',
      prefix,
      seconds: 5,
    },
  })

const read = async (blobs: Blobs, name: string, range?: { start: number; end: number }) => {
  const stream = await blobs.get(name, range)
  return stream && (await buffer(stream))
}
const list = async (blobs: Blobs, prefix: string) => {
  const found: BlobEntry[] = []
  for await (const entry of blobs.list(prefix)) found.push(entry)
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}

describe.each([
  ['a folder', openFolder],
  ['a bucket', () => openBucket()],
  ['a bucket under a prefix', () => openBucket('some/where/')],
])('blobs in %s', (_, open) => {
  let blobs: Blobs
  beforeAll(async () => {
    blobs = await open()
    await blobs.ping()
  })
  afterAll(() => blobs.close())

  test('bytes come back as they went in, whole and in part', async () => {
    const content = randomBytes(300_000)
    expect(await blobs.put('a/b/content', content, { type: 'image/png' })).toEqual({ bytes: 300_000 })
    expect(await read(blobs, 'a/b/content')).toEqual(content)
    expect(await read(blobs, 'a/b/content', { start: 1000, end: 1999 })).toEqual(content.subarray(1000, 2000))
    expect(await blobs.size('a/b/content')).toBe(300_000)
  })

  test('streams are taken with and without their length', async () => {
    const content = randomBytes(200_000)
    const stream = () => Readable.from([content.subarray(0, 1), content.subarray(1)])
    await blobs.put('stream/known', stream(), { bytes: content.length })
    await blobs.put('stream/unknown', stream())
    expect(await read(blobs, 'stream/known')).toEqual(content)
    expect(await read(blobs, 'stream/unknown')).toEqual(content)
  })

  test('a file of this machine is taken over whole, and replaces what was there', async () => {
    const content = randomBytes(100_000)
    const file = join(folder, randomBytes(8).toString('hex'))
    await blobs.put('taken/one', Buffer.from('earlier'))
    await writeFile(file, content)
    await blobs.take('taken/one', file, content.length)
    expect(await read(blobs, 'taken/one')).toEqual(content)
    await expect(blobs.take('taken/two', join(folder, 'missing'), 10)).rejects.toMatchObject({
      code: 'storage_failed',
      retryable: true,
    })
    expect(await blobs.size('taken/two')).toBeNull()
    await writeFile(file, content)
    await expect(blobs.take('../out', file, content.length)).rejects.toMatchObject({ code: 'bad_option' })
  })

  test('a stream that breaks leaves nothing, and the earlier blob as it was', async () => {
    const broken = () =>
      Readable.from(
        (async function* () {
          yield Buffer.from('half')
          throw new Error('broken')
        })(),
      )
    await expect(blobs.put('broken/new', broken())).rejects.toMatchObject({ code: 'storage_failed' })
    await blobs.put('broken/old', Buffer.from('whole'))
    await expect(blobs.put('broken/old', broken())).rejects.toMatchObject({ code: 'storage_failed' })
    expect((await list(blobs, 'broken/')).map((entry) => entry.name)).toEqual(['broken/old'])
    expect(String(await read(blobs, 'broken/old'))).toBe('whole')
  })

  test('putting again replaces', async () => {
    await blobs.put('again', Buffer.from('first, and longer'))
    await blobs.put('again', Buffer.from('second'))
    expect(String(await read(blobs, 'again'))).toBe('second')
  })

  test('what is not there is null, and deleting it is nothing', async () => {
    expect(await blobs.get('not/there')).toBeNull()
    expect(await blobs.size('not/there')).toBeNull()
    await blobs.delete('not/there')
    await blobs.deleteAll('not/there/')
    expect(await list(blobs, 'not/there/')).toEqual([])
  })

  test('lists and deletes by prefix, and no neighbour that only starts alike', async () => {
    const names = ['p/1/x', 'p/1/y/z', 'p/10/x']
    for (const name of names) await blobs.put(name, Buffer.from(name))
    const found = await list(blobs, 'p/')
    expect(found.map((entry) => entry.name)).toEqual(['p/1/x', 'p/1/y/z', 'p/10/x'])
    expect(found.map((entry) => entry.bytes)).toEqual([5, 7, 6])
    expect(found.every((entry) => Math.abs(entry.changedAt - Date.now()) < 60_000)).toBe(true)
    await blobs.deleteAll('p/1/')
    expect((await list(blobs, 'p/')).map((entry) => entry.name)).toEqual(['p/10/x'])
    await blobs.delete('p/10/x')
    expect(await list(blobs, 'p/')).toEqual([])
  })

  test('no name leaves the store', async () => {
    const bad = [
      '',
      '/etc/passwd',
      '../up',
      'a/../../b',
      'a//b',
      'a/./b',
      '.hidden',
      'a/.b',
      'a\\b',
      'a\0b',
      'a/',
    ]
    for (const name of [...bad, 'ä', 'x'.repeat(600)]) {
      await expect(blobs.put(name, Buffer.from('x')), name).rejects.toMatchObject({ code: 'bad_option' })
      await expect(blobs.get(name), name).rejects.toMatchObject({ code: 'bad_option' })
      await expect(blobs.delete(name), name).rejects.toMatchObject({ code: 'bad_option' })
    }
    for (const prefix of ['', '/', '../', 'a/../']) {
      await expect(blobs.deleteAll(prefix), prefix).rejects.toMatchObject({ code: 'bad_option' })
    }
  })
})

describe('a folder', () => {
  test('any text is refused or stays inside', async () => {
    const blobs = await openFolder()
    const root = join(folder, 'blobs/')
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[./\\a-z]{1,20}$/)), (name) => {
        let path: string | null
        try {
          path = blobs.path(name)
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'bad_option' })
          return
        }
        expect(path!.startsWith(root)).toBe(true)
      }),
    )
  })

  test('names the file itself, private to this user, and leaves no empty folders', async () => {
    const own = join(folder, 'own')
    const blobs = await openBlobs({ folder: own, s3: NO_BUCKET })
    await blobs.put('deep/er/file', Buffer.from('x'))
    const found = await stat(blobs.path('deep/er/file')!)
    expect(found.mode & 0o777).toBe(0o600)
    await blobs.delete('deep/er/file')
    expect(await readdir(own)).toEqual(['.incoming'])
    expect(await readdir(join(own, '.incoming'))).toEqual([])
  })

  test('half-written files of a process that died go away once they are old', async () => {
    const own = join(folder, 'stale')
    await openBlobs({ folder: own, s3: NO_BUCKET })
    for (const name of ['old', 'young']) await writeFile(join(own, '.incoming', name), 'x')
    await utimes(join(own, '.incoming', 'old'), new Date(0), new Date(0))
    await openBlobs({ folder: own, s3: NO_BUCKET })
    expect(await readdir(join(own, '.incoming'))).toEqual(['young'])
  })
})

test('names of an analysis lie under its prefix', () => {
  const id = '01890a5d-ac96-774b-bcce-b302099a8057'
  expect(analysisPrefix(id)).toBe(`analyses/57/${id}/`)
  expect(mediaBlobName(id)).toBe(`analyses/57/${id}/media`)
  expect(evidencePrefix(id, 3)).toBe(`analyses/57/${id}/3/`)
})
