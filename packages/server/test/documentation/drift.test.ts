import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { describeConfiguration, describeEnvironment } from '../../src/documentation/configuration.ts'
import { describeApi } from '../../src/documentation/openapi.ts'

const committed = (path: string) => readFile(new URL(`../../../../${path}`, import.meta.url), 'utf8')
const MEND = 'run: npm run document -w packages/server'

test('docs/api/openapi.json is what the routes say', async () => {
  expect(await describeApi(), MEND).toBe(await committed('docs/api/openapi.json'))
})

test('docs/configuration.md and .env.example are what the configuration says', async () => {
  expect(describeConfiguration(), MEND).toBe(await committed('docs/configuration.md'))
  expect(describeEnvironment(), MEND).toBe(await committed('.env.example'))
})

test('every route of API v1 is described, with a summary and a tag', async () => {
  const { openapi, paths } = JSON.parse(await committed('docs/api/openapi.json')) as {
    openapi: string
    paths: Record<string, Record<string, { summary?: string; tags?: string[] }>>
  }
  expect(openapi).toBe('3.1.0')
  const v1 = Object.entries(paths).filter(([path]) => path.startsWith('/api/v1/'))
  expect(v1.length).toBeGreaterThan(15)
  for (const [path, methods] of v1) {
    for (const [method, { summary, tags }] of Object.entries(methods)) {
      expect([path, method, typeof summary, tags?.length]).toEqual([path, method, 'string', 1])
    }
  }
})
