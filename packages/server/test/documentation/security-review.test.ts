import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = new URL('../../../../', import.meta.url)
const PAGE = readFileSync(new URL('docs/security-review.md', ROOT), 'utf8')

/** Lines of levels 1 and 2 in each section of OWASP ASVS 5.0.0; those of level 3 come last in every section. */
const LINES: Record<string, number> = {
  ...{ '1.1': 2, '1.2': 9, '1.3': 11, '1.4': 3, '1.5': 2, '2.1': 3, '2.2': 3, '2.3': 4, '2.4': 1 },
  ...{ '3.2': 2, '3.3': 4, '3.4': 6, '3.5': 5, '3.7': 2, '4.1': 3, '4.2': 1, '4.3': 2, '4.4': 4 },
  ...{
    '5.1': 1,
    '5.2': 3,
    '5.3': 2,
    '5.4': 3,
    '6.1': 3,
    '6.2': 12,
    '6.3': 4,
    '6.4': 4,
    '6.5': 5,
    '6.6': 3,
    '6.8': 4,
  },
  ...{ '7.1': 3, '7.2': 4, '7.3': 2, '7.4': 5, '7.5': 2, '7.6': 2, '8.1': 2, '8.2': 3, '8.3': 1, '8.4': 1 },
  ...{ '9.1': 3, '9.2': 4, '10.1': 2, '10.2': 2, '10.3': 4, '10.4': 11, '10.5': 5, '10.6': 2, '10.7': 3 },
  ...{ '11.1': 2, '11.2': 3, '11.3': 3, '11.4': 4, '11.5': 1, '11.6': 1, '12.1': 3, '12.2': 2, '12.3': 4 },
  ...{
    '13.1': 1,
    '13.2': 5,
    '13.3': 2,
    '13.4': 5,
    '14.1': 2,
    '14.2': 4,
    '14.3': 3,
    '15.1': 3,
    '15.2': 3,
    '15.3': 7,
  },
  ...{ '16.1': 1, '16.2': 5, '16.3': 4, '16.4': 3, '16.5': 3, '17.1': 1, '17.2': 4, '17.3': 2 },
}
const STATES = ['met', 'partly', 'not met', 'n/a'] as const

const rows = [...PAGE.matchAll(/^\| (\d[\d., –]*) \|[^|\n]*\| ([^|\n]*) \| ([^|\n]+) \|$/gm)].flatMap(
  ([, ids = '', state = '', evidence = '']) => spread(ids).map((id) => ({ id, state, evidence })),
)

/** `1.2.6–1.2.8, 1.3.1` as its four ids. */
function spread(ids: string): string[] {
  return ids.split(', ').flatMap((part) => {
    const [from = '', to = from] = part.split('–')
    const section = from.slice(0, from.lastIndexOf('.') + 1)
    const [first, last] = [from, to].map((id) => Number(id.split('.')[2])) as [number, number]
    return Array.from({ length: last - first + 1 }, (_unused, index) => `${section}${first + index}`)
  })
}

test('every line of levels 1 and 2 stands in the review once, with a state and a reason', () => {
  const wanted = Object.entries(LINES).flatMap(([section, count]) =>
    Array.from({ length: count }, (_unused, index) => `${section}.${index + 1}`),
  )
  expect(rows.map(({ id }) => id).sort()).toEqual(wanted.sort())
  for (const { state, evidence } of rows) {
    expect(STATES).toContain(state)
    expect(evidence.trim()).not.toBe('')
  }
})

test('its sums are right', () => {
  const sums = STATES.map((state) => rows.filter((row) => row.state === state).length)
  expect(PAGE).toContain(`| ${rows.length} lines | ${sums.join(' | ')} |`)
})

test('every file that it names is there', () => {
  const files = [...PAGE.matchAll(/`([\w./-]+\/[\w./-]+)`/g)].map(([, file = '']) => file)
  const own = files.filter((file) => !/^(packages\/\*|deploy\/$|packages\/$|\/)/.test(file))
  expect(own.length).toBeGreaterThan(100)
  for (const file of new Set(own)) {
    const path = file.replace(/^(server|detector|contract|web)\//, 'packages/$1/')
    expect([file, existsSync(fileURLToPath(new URL(path, ROOT)))]).toEqual([file, true])
  }
})
