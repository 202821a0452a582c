import { readFile } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import * as vocabulary from '../src/vocabulary.ts'

type Json = { readonly [key: string]: unknown }
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** Every object in the schemas, with the path that leads to it. */
function* partsOf(value: unknown, path: string): Generator<[string, Json]> {
  if (!isObject(value)) return
  yield [path, value]
  for (const [key, part] of Object.entries(value)) yield* partsOf(part, `${path}.${key}`)
}

/** Where the words of a list stand in the schemas: as the values of an enum or as names of properties. */
function placesOf(schemas: Json, words: readonly string[]): { path: string; found: readonly string[] }[] {
  return [...partsOf(schemas, '')].flatMap(([path, part]) => {
    const values = Array.isArray(part.enum)
      ? part.enum
      : isObject(part.properties)
        ? Object.keys(part.properties)
        : []
    const found = values.filter((value) => words.includes(value))
    return found.length >= 2 ? [{ path, found }] : []
  })
}

/** The contract as it would be with other words. */
async function contractWith(changed: Partial<Record<keyof typeof vocabulary, unknown>>): Promise<Json> {
  vi.resetModules()
  vi.doMock('../src/vocabulary.ts', () => ({ ...vocabulary, ...changed }))
  const schemas = await import('../src/index.ts')
  vi.doUnmock('../src/vocabulary.ts')
  return schemas as unknown as Json
}

test('a fourth family is an output, a score, a threshold and a filter by one edit', async () => {
  const families = [...vocabulary.FAMILIES, 'lip_sync']
  const outputs = ['manipulated', ...families]
  const schemas = await contractWith({ FAMILIES: families, OUTPUTS: outputs })
  const places = placesOf(schemas, families)
  for (const { path, found } of places) expect(found, path).toEqual(families)
  expect(places.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      '.Family',
      '.Scores',
      '.ClassifierManifest.properties.thresholds',
      '.Report.properties.faces.items.properties.scores',
    ]),
  )
  expect(Object.keys((schemas.Scores as Json).properties as Json)).toEqual(outputs)
})

test.each([
  ['BANDS', vocabulary.BANDS, 'suspicious', '.Stats.properties.verdicts'],
  ['ANALYSIS_STATES', vocabulary.ANALYSIS_STATES, 'paused', '.Batch.properties.states'],
  ['SCOPES', vocabulary.SCOPES, 'export', '.Key.properties.scopes.items'],
  ['STAGES', vocabulary.STAGES, 'cleanup', '.Progress.properties.stage'],
  ['WEIGHT_VARIANTS', vocabulary.WEIGHT_VARIANTS, 'float16', '.Golden.properties.tolerance'],
  ['CALIBRATION_STATUSES', vocabulary.CALIBRATION_STATUSES, 'expired', '.Calibration.properties.status'],
  ['MEDIA_KINDS', vocabulary.MEDIA_KINDS, 'sound', '.MediaInfo.properties.kind'],
  ['EVIDENCE_ROLES', vocabulary.EVIDENCE_ROLES, 'spectrum', '.EvidenceLink.properties.role'],
  ['PRIORITIES', vocabulary.PRIORITIES, 'never', '.AnalysisOptions.properties.priority'],
] as const)('a word added to %s is in every schema that has the list', async (name, list, word, known) => {
  const words = [...list, word]
  const schemas = await contractWith({ [name]: words })
  const places = placesOf(schemas, words).filter(({ found }) => found.length >= words.length - 1)
  for (const { path, found } of places) expect(found, path).toEqual(words)
  expect(places.map(({ path }) => path)).toContain(known)
})

test('the vocabulary imports nothing, so that a page gets words and no schemas', async () => {
  for (const name of ['vocabulary.ts', 'analysis-defaults.ts']) {
    expect(await readFile(new URL(`../src/${name}`, import.meta.url), 'utf8'), name).not.toMatch(/^import /m)
  }
})

test('the defaults in the schema of limits are the limits that hold by default', async () => {
  const { DEFAULT_LIMITS, Limits } = await import('../src/index.ts')
  const defaults = Object.entries(Limits.properties).map(([name, schema]) => [
    name,
    (schema as unknown as Json).default,
  ])
  expect(Object.fromEntries(defaults)).toEqual(DEFAULT_LIMITS)
})

test('the words that name how long media are kept', () => {
  const pattern = new RegExp(vocabulary.RETENTION_PATTERN)
  const hours = ['none', 'keep', 'hours:1', 'hours:24'].map((each) => [
    pattern.test(each),
    vocabulary.retentionHours(each),
  ])
  expect(hours).toEqual([
    [true, null],
    [true, null],
    [true, 1],
    [true, 24],
  ])
  for (const wrong of ['hours:0', 'hours:', 'hours:1.5', 'forever']) expect(pattern.test(wrong)).toBe(false)
})
