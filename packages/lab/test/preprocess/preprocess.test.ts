import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import Value from 'typebox/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CropRow, type Dataset, type PreprocessProgress, preprocess, readDataset } from '../../src/index.ts'
import { modelsDir, testdata } from '../forge/portraits.ts'

let root: string
let dataset: Dataset
const out = (name: string) => join(root, name)

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'unswap-preprocess-'))
  await mkdir(join(root, 'set/real'), { recursive: true })
  await mkdir(join(root, 'set/fake/swap'), { recursive: true })
  await copyFile(testdata('video/real-astronaut.mp4'), join(root, 'set/real/astronaut.mp4'))
  await copyFile(testdata('real/grace_hopper.jpg'), join(root, 'set/real/hopper.jpg'))
  await copyFile(testdata('video/fake-group-6-swap.mp4'), join(root, 'set/fake/swap/group.mp4'))
  await writeFile(join(root, 'set/real/broken.mp4'), 'no video')
  dataset = await readDataset('folders', join(root, 'set'))
})
afterAll(async () => {
  await rm(root, { recursive: true })
})

const prepare = (folder: string, signal?: AbortSignal, onProgress?: (progress: PreprocessProgress) => void) =>
  preprocess(dataset, out(folder), {
    modelsDir,
    frames: 4,
    shardItems: 2,
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  })

async function bytesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(out(folder))).toSorted()
  const entries = names.map(async (name) => [
    name,
    (await readFile(join(out(folder), name))).toString('base64'),
  ])
  return Object.fromEntries(await Promise.all(entries))
}

const rowsOf = async (folder: string): Promise<CropRow[]> =>
  (await readFile(join(out(folder), 'index.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => Value.Parse(CropRow, JSON.parse(line)))

describe('preprocess', () => {
  it('makes crops that the trainer can read, and lists what failed', async () => {
    const { crops, failures } = await prepare('whole')
    expect(failures).toEqual([
      expect.objectContaining({ path: 'real/broken.mp4', code: 'media_unsupported' }),
    ])
    const rows = await rowsOf('whole')
    expect(rows).toHaveLength(crops)
    expect(rows.map(({ path, label }) => `${label} ${path}`)).toEqual([
      ...Array(4).fill('fake fake/swap/group.mp4'),
      ...Array(4).fill('real real/astronaut.mp4'),
      'real real/hopper.jpg',
    ])
    for (const row of rows) {
      const pictures = await readFile(join(out('whole'), `${row.shard}.jpg.bin`))
      const picture = await sharp(pictures.subarray(row.offset, row.offset + row.bytes)).metadata()
      expect([picture.format, picture.width, picture.height]).toEqual(['jpeg', row.size, row.size])
      const points = await readFile(join(out('whole'), `${row.shard}.points.bin`))
      const unit = (index: number) => (points.readUInt16LE(row.row * 468 * 4 + index * 2) / 65535) * 2 - 0.5
      // the nose towards the middle of the crop, the eyes level
      expect(Math.hypot(unit(2) - 0.5, unit(3) - 0.5)).toBeLessThan(0.2)
      expect(unit(2 * 33 + 1)).toBeCloseTo(unit(2 * 263 + 1), 3)
    }
    const hopper = rows.at(-1)!
    expect(hopper.size).toBe(288)
    // side at margin 1.3 is known from an independent implementation
    expect(Math.abs(hopper.quality.side / ((263.6 * 1.6) / 1.3) - 1)).toBeLessThan(0.02)
  })

  it('gives the same bytes after it was stopped, and after a shard was left half written', async () => {
    const stop = new AbortController()
    const stopped = prepare('again', stop.signal, ({ crops }) => crops > 0 && stop.abort())
    await expect(stopped).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect(await readdir(out('again'))).not.toContain('index.jsonl')
    // as a kill leaves it: pictures cut short, rows not yet in place
    await copyFile(join(out('whole'), 'shard-0001.jpg.bin'), join(out('again'), 'shard-0001.jpg.bin'))
    await truncate(join(out('again'), 'shard-0001.jpg.bin'), 1000)
    await prepare('again')
    expect(await bytesOf('again')).toEqual(await bytesOf('whole'))
  })

  it.runIf(existsSync('/proc/self/task'))('says when one of its processes was ended, and where', async () => {
    const children = `/proc/${process.pid}/task/${process.pid}/children`
    const ending = prepare('ended').catch((thrown: unknown) => thrown)
    await expect.poll(async () => (await readFile(children, 'utf8')).trim()).not.toBe('')
    for (const pid of (await readFile(children, 'utf8')).trim().split(' '))
      process.kill(Number(pid), 'SIGKILL')
    expect(await ending).toMatchObject({
      code: 'worker_crashed',
      message: expect.stringMatching(/SIGKILL, at (real|fake)/),
    })
  })

  it('refuses what is in two splits, and goes on without it when it is told to', async () => {
    const set = join(root, 'set')
    const lines = ['real/hopper.jpg,real,train,a', 'real/again.jpg,real,test,b']
    await copyFile(join(set, 'real/hopper.jpg'), join(set, 'real/again.jpg'))
    await writeFile(join(set, 'twice.csv'), ['path,label,split,identity', ...lines].join('\n'))
    const twice = await readDataset('csv', join(set, 'twice.csv'))
    await expect(preprocess(twice, out('leaky'), { modelsDir })).rejects.toThrow(/1 leaks.*--drop-leaks/)
    expect(await readdir(out('leaky'))).not.toContain('index.jsonl')
    const { crops, leaks } = await preprocess(twice, out('leaky'), { modelsDir, leaks: 'drop' })
    expect([crops, leaks[0]!.surplus]).toEqual([1, ['twice/real/hopper.jpg']])
    expect((await rowsOf('leaky')).map(({ path, split }) => [path, split])).toEqual([
      ['real/again.jpg', 'test'],
    ])
    expect(await readFile(join(out('leaky'), 'leaks.jsonl'), 'utf8')).toContain('near_duplicate')
  })

  it('refuses a person in two splits before it looks at any file', async () => {
    const items = ['train', 'test'].map((split, i) => ({
      ...dataset.items[i]!,
      split: split as 'train' | 'test',
      identities: ['twin'],
    }))
    const named = preprocess({ ...dataset, items }, out('named'), { modelsDir })
    await expect(named).rejects.toThrow(/identity set\/twin in train and test/)
    expect(existsSync(out('named'))).toBe(false)
  })

  it('refuses a folder that holds something else', async () => {
    await expect(
      preprocess(dataset, out('whole'), { modelsDir, frames: 8, shardItems: 2 }),
    ).rejects.toMatchObject({ code: 'bad_option' })
  })
})
