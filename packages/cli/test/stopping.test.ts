import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { emptyFolder, lines, testdata, unswap } from './run-command.ts'

test('Ctrl-C stops a long video, keeps what was done, leaves nothing behind and exits with 130', async () => {
  const folder = await emptyFolder()
  const TMPDIR = await emptyFolder()
  const video = join(folder, 'long.mp4')
  const portrait = testdata('real/astronaut.png')
  await execa('ffmpeg', [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    'testsrc=s=640x360:d=60',
    '-c:v',
    'mpeg4',
    video,
  ])
  const args = ['analyze', '--jsonl', '--concurrency=1', '--frames=all', portrait, video, portrait]
  const running = unswap(args, { env: { TMPDIR } })
  running.stdout!.once('data', () => setTimeout(() => running.kill('SIGINT'), 300))
  const { stdout, exitCode, signal, stderr } = await running
  expect([exitCode, signal], stderr).toEqual([130, undefined])
  expect(lines(stdout)).toHaveLength(1)
  expect(await readdir(TMPDIR)).toEqual([])
})

test('a reader that goes away is no error', async () => {
  const files = ['real/astronaut.png', 'golden/astronaut.crop.png', 'real/grace_hopper.jpg'].map(testdata)
  const running = unswap(['analyze', '--jsonl', '--concurrency=1', ...files])
  running.stdout!.once('data', () => running.stdout!.destroy())
  const { exitCode, signal, stderr } = await running
  expect(signal).toBeUndefined()
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
})
