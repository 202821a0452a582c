import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { describeApi } from '../../src/documentation/describe-api.ts'
import { describeConfiguration, describeEnvironment } from '../../src/documentation/describe-configuration.ts'

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

test('a client made from the description has names for what it gets and does', async () => {
  const text = await committed('docs/api/openapi.json')
  const { components, paths, webhooks } = JSON.parse(text)
  const answer = paths['/api/v1/analyses'].post.responses['200'].content['application/json'].schema
  expect(answer).toEqual({ $ref: '#/components/schemas/AnalysisResource' })
  expect(components.schemas.Report.properties.faces.items).toEqual({ $ref: '#/components/schemas/Face' })
  expect(webhooks.analysisEnded.post.requestBody.content['application/json'].schema).toEqual({
    $ref: '#/components/schemas/WebhookMessage',
  })

  const referred = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name))
  expect([...referred].sort()).toEqual(Object.keys(components.schemas).sort())
  // Nothing that has a name is written out a second time.
  for (const schema of Object.values(components.schemas)) {
    expect(count(JSON.parse(text), JSON.stringify(schema))).toBe(1)
  }
  const ids = Object.values(paths).flatMap((methods) =>
    Object.values(methods as Record<string, { operationId?: string }>).map(({ operationId }) => operationId),
  )
  expect(ids).not.toContain(undefined)
  expect(new Set(ids).size).toBe(ids.length)
})

test('tuples are described in the words of OpenAPI 3.1', async () => {
  const { Point } = JSON.parse(await committed('docs/api/openapi.json')).components.schemas
  expect(Point).toMatchObject({ prefixItems: [{ type: 'number' }, { type: 'number' }], items: false })
})

/** How often the schema stands somewhere below. */
function count(below: unknown, schema: string): number {
  if (below === null || typeof below !== 'object') return 0
  const inner = Object.values(below).reduce((sum: number, one) => sum + count(one, schema), 0)
  return inner + Number(JSON.stringify(below) === schema)
}
