import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listSettings } from '../src/config.ts'
import { loadConfig, unknownVariables } from '../src/environment.ts'

test('later sources win: defaults, file, environment, overrides', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-config-'))
  const file = join(folder, 'config.json')
  await writeFile(file, JSON.stringify({ http: { port: 1, host: 'a' }, queue: { most: 7 } }))
  const config = loadConfig({
    environment: { UNSWAP_CONFIG: file, UNSWAP_PORT: '2', UNSWAP_HTTP_CORS_ORIGINS: 'https://a, https://b' },
    overrides: { http: { publicUrl: 'https://c' } },
  })
  expect(config.http).toMatchObject({
    port: 2,
    host: 'a',
    publicUrl: 'https://c',
    corsOrigins: ['https://a', 'https://b'],
  })
  expect([config.queue.most, config.queue.attempts]).toEqual([7, 3])
  await rm(folder, { recursive: true })
})

test('as it comes, nobody but this machine gets in, and nothing private is fetched', () => {
  const { http, access, fetch } = loadConfig({ environment: {} })
  expect([http.host, access.anonymous, fetch.allowPrivate, http.corsOrigins, http.trustedProxies]).toEqual([
    '127.0.0.1',
    'loopback',
    [],
    [],
    [],
  ])
  expect(access.anonymousScopes).not.toContain('admin')
})

test('numbers, switches and addresses of other services are read from their variables', () => {
  const config = loadConfig({
    environment: {
      ROLE: 'worker',
      REDIS_URL: 'redis://r',
      DATABASE_URL: 'postgres://p',
      UNSWAP_FETCH_ENABLED: 'off',
    },
  })
  expect([config.role, config.queue.redisUrl, config.database.url, config.fetch.enabled]).toEqual([
    'worker',
    'redis://r',
    'postgres://p',
    false,
  ])
})

test('what is wrong is named, all of it at once', () => {
  const environment = { UNSWAP_PORT: 'eighty', UNSWAP_FETCH_ENABLED: 'perhaps', ROLE: 'boss' }
  expect(() => loadConfig({ environment })).toThrow(/UNSWAP_PORT.*|ROLE/)
  for (const name of Object.keys(environment)) expect(() => loadConfig({ environment })).toThrow(name)
})

test('nobody can change it afterwards', () => {
  const config = loadConfig({ environment: {} })
  expect(Object.isFrozen(config.http.corsOrigins)).toBe(true)
  expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError)
})

test('variables are unique, and misspelt ones are noticed', () => {
  const variables = listSettings().map(({ variable }) => variable)
  expect(new Set(variables).size).toBe(variables.length)
  expect(unknownVariables({ UNSWAP_PROT: '1', UNSWAP_PORT: '1', PATH: 'x' })).toEqual(['UNSWAP_PROT'])
})

test('a secret may stand in a file, whose name is checked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-config-'))
  const file = join(folder, 'secret')
  await writeFile(file, 'postgres://u:p@h/d\n')
  const load = (environment: Record<string, string>) => loadConfig({ environment })
  expect(load({ DATABASE_URL_FILE: file }).database.url).toBe('postgres://u:p@h/d')
  expect(() => load({ DATABASE_URL_FILE: file, DATABASE_URL: 'x' })).toThrow('DATABASE_URL_FILE')
  expect(() => load({ DATABASE_URL_FILE: join(folder, 'absent') })).toThrow('DATABASE_URL_FILE')
  expect(unknownVariables({ UNSWAP_ACCESS_ADDRESS_KEY_FILE: file })).toEqual([])
  await rm(folder, { recursive: true })
})
