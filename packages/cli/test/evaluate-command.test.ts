import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Evaluation } from '@unswap/lab'
import { describe, expect, it } from 'vitest'
import { emptyFolder, testdata, unswap } from './run-command.ts'

const MEDIA = [
  'real/astronaut.png',
  'real/grace_hopper.jpg',
  'fake/astronaut-swap.png',
  'fake/astronaut-swap.mask.png',
  'fake/grace_hopper-swap.jpg',
  'fake/grace_hopper-swap.mask.png',
]

describe('unswap evaluate', { timeout: 120_000 }, () => {
  it('measures a folder of real and fake photographs, with masks, spoilt crops and plots', async () => {
    const root = await emptyFolder()
    await mkdir(join(root, 'real'))
    await mkdir(join(root, 'fake'))
    await Promise.all(MEDIA.map((path) => copyFile(testdata(path), join(root, path))))
    const [json, html, md] = ['e.json', 'e.html', 'e.md'].map((name) => join(root, name)) as [
      string,
      string,
      string,
    ]
    const files = ['--json', json, '--html', html, '--md', md, '--robustness', '1', '--deletion', '1']
    const { exitCode, stdout } = await unswap(['evaluate', root, ...files])
    expect(exitCode).toBe(0)
    expect(stdout).toBe((await readFile(md, 'utf8')).trimEnd())
    expect(stdout).toContain('| xception-1 | video | 2 | 2 | 0.0 % (0.0–0.0) | 100.0 %')
    const { maps, models } = JSON.parse(await readFile(json, 'utf8')) as Evaluation
    expect(maps!.pictures).toBe(2)
    expect(maps!.overlap).toBeGreaterThan(maps!.everything)
    expect(models[0]).toMatchObject({ frame: { auc: { value: 1 } }, calibration: { status: 'provisional' } })
    expect(models[0]!.robustness.filter(({ kind }) => kind === 'jpeg').map(({ level }) => level)).toEqual([
      100, 80, 60, 40, 20, 10,
    ])
    expect(models[0]!.robustness.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['h264', 'screenshot', 'shift']),
    )
    expect(models[0]!.deletion).toMatchObject({ crops: 1, gap: expect.any(Number) })
    expect((await readFile(html, 'utf8')).match(/<polyline/g)!.length).toBeGreaterThan(3)
  })

  it('says what to do when a folder is neither prepared nor labelled', async () => {
    const { exitCode, stderr } = await unswap(['evaluate', await emptyFolder()])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('real/… and fake/…')
  })

  it('says that preparing has not come to its end', async () => {
    const begun = await emptyFolder()
    await writeFile(join(begun, 'settings.json'), '{}')
    const { exitCode, stderr } = await unswap(['evaluate', begun])
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/dataset preprocess.*to its end/)
  })
})
