import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

const execute = promisify(execFile)
const script = (name: string) => fileURLToPath(new URL(`../nginx/${name}`, import.meta.url))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unswap-tls-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Puts a program of this name first on the path; it runs the script. */
async function standIn(name: string, text: string): Promise<Record<string, string>> {
  const bin = join(folder, 'bin')
  await mkdir(bin, { recursive: true })
  await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`)
  await chmod(join(bin, name), 0o755)
  return { PATH: `${bin}:${process.env.PATH}` }
}

test('a development certificate covers the given names and addresses, and an existing one is kept', async () => {
  const tls = join(folder, 'development')
  await execute(script('certificate.sh'), [tls, 'unswap.example.org', '127.0.0.1', '::1'])
  const file = join(tls, 'fullchain.pem')
  const { stdout } = await execute('openssl', ['x509', '-noout', '-ext', 'subjectAltName', '-in', file])
  expect(stdout).toMatch(/DNS:unswap\.example\.org, IP Address:127\.0\.0\.1, IP Address:0:0:0:0:0:0:0:1/)
  expect(statSync(tls).mode & 0o777).toBe(0o700)
  const before = readFileSync(file, 'utf8')
  await execute(script('certificate.sh'), [tls, 'other.example.org'])
  expect(readFileSync(file, 'utf8')).toBe(before)
})

test('nginx is reloaded when the certificate has changed, and only then', async () => {
  const tls = join(folder, 'watched')
  const said = join(folder, 'reloads')
  await mkdir(tls)
  await writeFile(join(tls, 'fullchain.pem'), 'first')
  const environment = await standIn('nginx', `echo "$*" >>${said}`)
  // In its own process group, so that its background loop can be ended.
  const watcher = spawn(script('reload.sh'), {
    env: { ...environment, UNSWAP_NGINX_TLS_DIR: tls, NGINX_RELOAD_SECONDS: '0.1' },
    detached: true,
    stdio: 'ignore',
  })
  await once(watcher, 'exit')
  try {
    await new Promise((done) => setTimeout(done, 500))
    expect(existsSync(said)).toBe(false)
    await writeFile(join(tls, 'fullchain.pem'), 'second')
    await vi.waitUntil(() => existsSync(said), { timeout: 10_000 })
    expect(readFileSync(said, 'utf8')).toBe('-s reload\n')
  } finally {
    process.kill(-watcher.pid!, 'SIGTERM')
  }
})
