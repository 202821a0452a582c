import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const unit = readFileSync(join(ROOT, 'deploy/unswap.service'), 'utf8')
const values = (name: string) =>
  [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map((match) => match[1]!)

test('the unit starts the same as run.sh, restarts, and may write only its data', () => {
  const [node, main] = values('ExecStart')[0]!.split(' ') as [string, string]
  expect(node).toBe('/opt/unswap/node_modules/.bin/node')
  expect(existsSync(join(ROOT, main.replace('/opt/unswap/', '')))).toBe(true)
  expect(values('Restart')).toEqual(['always'])
  expect(values('WantedBy')).toEqual(['multi-user.target'])
  expect(values('ProtectSystem')).toEqual(['strict'])
  expect(values('ReadWritePaths')[0]!.split(' ')).toContain('/opt/unswap/.unswap')
  const guide = readFileSync(join(ROOT, 'docs/deploy.md'), 'utf8')
  expect(guide).toContain('cp deploy/unswap.service /etc/systemd/system/')
})

const systemd = spawnSync('systemd-analyze', ['--version']).status === 0

test.skipIf(!systemd)('systemd accepts the unit', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-unit-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'unswap.service')
  // systemd checks that the program exists, so the unit gets this checkout's path.
  await writeFile(path, unit.replaceAll('/opt/unswap/', ROOT))
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
})
