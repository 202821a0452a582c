import { existsSync } from 'node:fs'
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { emptyFolder, testdata, unswap } from './run-command.ts'

async function bytesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).toSorted()
  const read = async (name: string) => [name, (await readFile(join(folder, name))).toString('base64')]
  return Object.fromEntries(await Promise.all(names.map(read)))
}

const MEDIA = [
  'video/real-astronaut.mp4',
  'real/group-1.jpg',
  'video/real-group-6.mp4',
  'real/grace_hopper.jpg',
  'real/group-4.jpg',
]

/** A CSV beside links to some of the test data, all in one split. */
async function listOfMedia(folder: string): Promise<string> {
  const lines = MEDIA.map((path, i) => `${i}${extname(path)},real,train`)
  await Promise.all(MEDIA.map((path, i) => symlink(testdata(path), join(folder, `${i}${extname(path)}`))))
  await writeFile(join(folder, 'set.csv'), ['path,label,split', ...lines].join('\n'))
  return join(folder, 'set.csv')
}

async function appearanceOf(path: string): Promise<void> {
  while (!existsSync(path)) await setTimeout(5)
}

describe('unswap dataset preprocess', { timeout: 240_000 }, () => {
  it('killed anywhere and started again, it gives the same bytes', async () => {
    const root = await emptyFolder()
    const csv = await listOfMedia(root)
    const options = ['--frames', '3', '--shard-items', '1']
    const run = (out: string) =>
      unswap(['dataset', 'preprocess', 'csv', csv, '--out', join(root, out), ...options])
    expect((await run('whole')).stdout).toContain('9 crops')

    for (const sign of ['settings.json', 'shard-0000.jpg.bin', 'shard-0001.jsonl']) {
      const started = run('killed')
      await appearanceOf(join(root, 'killed', sign))
      started.kill('SIGKILL')
      expect((await started).signal).toBe('SIGKILL')
    }
    expect(await readdir(join(root, 'killed'))).not.toContain('index.jsonl')
    expect((await run('killed')).exitCode).toBe(0)
    expect(await bytesOf(join(root, 'killed'))).toEqual(await bytesOf(join(root, 'whole')))
  })
})

describe('unswap dataset preprocess --name', { timeout: 240_000 }, () => {
  it('says what the data set is called in the index', async () => {
    const root = await emptyFolder()
    await symlink(testdata('real/grace_hopper.jpg'), join(root, '0.jpg'))
    await writeFile(join(root, 'set.csv'), 'path,label\n0.jpg,real\n')
    const out = join(root, 'out')
    const { exitCode, stderr } = await unswap([
      ...['dataset', 'preprocess', 'csv', join(root, 'set.csv')],
      ...['--name', 'portraits', '--out', out],
    ])
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(await readFile(join(out, 'index.jsonl'), 'utf8')).source).toBe('portraits')
  })
})

describe('unswap dataset preprocess --split', { timeout: 240_000 }, () => {
  it('takes only what the data set itself puts into a split', async () => {
    const root = await emptyFolder()
    await Promise.all(
      ['real/grace_hopper.jpg', 'real/astronaut.png'].map((path, i) =>
        symlink(testdata(path), join(root, `${i}${extname(path)}`)),
      ),
    )
    await writeFile(join(root, 'set.csv'), 'path,label,split\n0.jpg,real,test\n1.png,real,\n')
    const run = (split: string) =>
      unswap([
        'dataset',
        'preprocess',
        'csv',
        join(root, 'set.csv'),
        '--out',
        join(root, split),
        '--split',
        split,
      ])
    expect((await run('test')).stdout).toContain('1 crops')
    const none = await run('val')
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('names no val split')])
  })
})
