import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ERROR_CATEGORY, type ErrorCode } from '@unswap/contract'
import { describe, expect, test } from 'vitest'
import { writeBadMedia } from './bad-media-cases.ts'
import { emptyFolder, lines, testdata, unswap } from './run-command.ts'

describe('bad input', () => {
  test('each broken file is told with its code, none stops the others, nothing stays behind', async () => {
    const folder = await emptyFolder()
    const TMPDIR = await emptyFolder()
    const bad = await writeBadMedia(folder)
    const named = join(folder, 'a\nb 😀 \x1b[31m.txt') // a photograph, whatever its name says
    await copyFile(testdata('real/grace_hopper.jpg'), named)
    const nothing = await emptyFolder()
    const good = [named, join(folder, 'whole.jpg'), join(folder, 'whole.mp4')]
    const absent = [join(folder, 'nowhere.png'), nothing]
    const args = [good[0]!, ...bad.map((file) => file.path), ...absent, good[1]!, good[2]!]
    const { stdout, stderr, exitCode } = await unswap(['analyze', '--jsonl', ...args], { env: { TMPDIR } })

    expect(await readdir(TMPDIR)).toEqual([])
    const results = lines(stdout)
    expect(results.map((result) => result.path)).toEqual(args)
    const codeOf = (path: string) => {
      const result = results.find((line) => line.path === path)!
      return (result.error as { code: ErrorCode } | undefined)?.code ?? 'analysed'
    }
    for (const path of good) expect(codeOf(path), path).toBe('analysed')
    for (const { path, codes } of bad) expect(codes, path).toContain(codeOf(path))
    for (const path of absent) expect(codeOf(path), path).toBe('media_not_found')
    expect(exitCode, 'the worst is a limit').toBe(4)

    const told = stderr.split('\n')
    expect(told).toHaveLength(bad.length + absent.length)
    for (const line of told) {
      const code = /\[(\w+)\]$/.exec(line)?.[1] as ErrorCode
      expect(['media', 'limit'], line).toContain(ERROR_CATEGORY[code])
      expect(line).not.toMatch(/\p{Cc}|^\s+at /u)
    }
    expect(told).toContainEqual(expect.stringMatching(/huge\.png: .* \(--limit-pixels\) \[limit_pixels\]$/))
    expect(told).toContainEqual(expect.stringMatching(/sparse\.mp4: .* \(--limit-bytes\) \[limit_bytes\]$/))
  })

  test('one unreadable file: exit 3, an error on stderr, a JSON error on stdout', async () => {
    const folder = await emptyFolder()
    const path = join(folder, 'evil\x1b]0;title\x07\n.jpg')
    await copyFile(testdata('SOURCES.md'), path)
    const { stdout, stderr, exitCode } = await unswap(['analyze', '--json', path])
    expect(exitCode).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ path, error: { code: 'media_unsupported' } })
    expect(stderr).toContain('evil\\e]0;title\\u{07}\\n.jpg')
    expect(stderr).not.toMatch(/\p{Cc}/u)
  })
})
