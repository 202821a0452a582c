import { execFile } from 'node:child_process'
import { globSync, lstatSync, readFileSync } from 'node:fs'
import { chmod, chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort, startProgram, stopProgram } from '../../packages/server/test/services/run-program.ts'
import { buildImage, type Image, removeImage } from '../test/running/image.ts'

const execute = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))

let image: Image
let app = ''
let port = 0
let server: Awaited<ReturnType<typeof startProgram>> | null = null
beforeAll(async () => {
  image = await buildImage('cpu')
  app = join(image.folder, 'app')
  port = await freePort()
  const data = join(image.folder, 'data')
  await mkdir(data, { mode: 0o700 })
  const [uid, gid] = image.user.split(':').map(Number) as [number, number]
  // As with a read-only root: processes may write to their data and /tmp only.
  await execute('chmod', ['-R', 'a-w', app])
  if (process.getuid?.() === 0) await chown(data, uid, gid)
  await chmod(join(image.folder, '..'), 0o755)
}, 1_200_000)
afterAll(async () => {
  if (server) await stopProgram(server, 'SIGTERM')
  if (image) await removeImage(image)
})

/** Runs a command as in the container: unprivileged user, environment, folder. */
function inside(...command: string[]): string[] {
  const [uid, gid] = image.user.split(':')
  const rights = ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--clear-groups']
  const user = process.getuid?.() === 0 ? ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, ...rights] : []
  const environment = {
    ...image.environment,
    PATH: `${join(image.folder, 'usr/local/bin')}:/usr/local/bin:/usr/bin:/bin`,
    UNSWAP_DATA_DIR: join(image.folder, 'data'),
    UNSWAP_PORT: `${port}`,
    UNSWAP_HOST: '127.0.0.1',
  }
  const named = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  return [...user, 'env', '-i', '-C', app, ...named, ...command]
}

async function call(...command: string[]): Promise<string> {
  const [program, ...args] = inside(...command)
  const { stdout, stderr } = await execute(program!, args)
  return stdout + stderr
}

const healthy = () => call('sh', '-c', image.healthcheck.replace('8000', `${port}`))

test('the image holds what the service needs, without tools, tests and other platforms', () => {
  for (const tool of [
    'vitest',
    'typescript',
    'vite',
    'react',
    '@biomejs/biome',
    'node',
    '@napi-rs/webcodecs',
  ])
    expect([tool, globSync(`node_modules/${tool}`, { cwd: app })]).toEqual([tool, []])
  expect(globSync('**/{test,testdata,.git}', { cwd: app, exclude: ['node_modules/**'] })).toEqual([])
  const runtimes = globSync('node_modules/onnxruntime-node/bin/napi-*/*/*', { cwd: app })
  expect(runtimes.map((path) => path.split('/').slice(-2).join(' '))).toEqual([`linux ${process.arch}`])
  const files = globSync('**', { cwd: app }).map((name) => lstatSync(join(app, name)))
  const megabytes = Math.round(files.reduce((sum, { size }) => sum + size, 0) / 1e6)
  console.log(`/app holds ${megabytes} MB`)
  expect(megabytes).toBeLessThan(500)
})

test('an unprivileged user can run it from a read-only tree, and the health check passes', async () => {
  await expect(healthy()).rejects.toThrow()
  const [program, ...args] = inside(...image.command)
  const alive = () => fetch(`http://127.0.0.1:${port}/livez`)
  server = await startProgram([program!, ...args], alive)
  await healthy()
  const ready = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status
  await expect.poll(ready, { timeout: 90_000 }).toBe(200)
  const page = await (await fetch(`http://127.0.0.1:${port}/`)).text()
  expect(page).toMatch(/<script [^>]*src="\/assets\//)
})

test('photographs and videos are analysed with the image’s own files', async () => {
  for (const file of ['testdata/real/astronaut.png', 'testdata/video/real-astronaut.mp4']) {
    const form = new FormData()
    form.append('file', new Blob([readFileSync(ROOT + file)]), file.split('/').at(-1))
    const address = `http://127.0.0.1:${port}/api/v1/analyses?wait=60`
    const answer = (await (await fetch(address, { method: 'POST', body: form })).json()) as { state: string }
    expect(answer).toMatchObject({ state: 'completed' })
  }
})

test('commands of the guide work inside the image', async () => {
  expect(
    await call('node', 'packages/cli/src/main.ts', 'keys', 'create', '--name', 'a', '--scope', 'admin'),
  ).toMatch(/usk_[\w-]{30,}/)
  const saved = join(image.folder, 'data/backup')
  await call('node', 'deploy/backup.ts', 'save', saved)
  expect(readFileSync(saved).subarray(0, 15).toString()).toBe('SQLite format 3')
})
