import type { ContentCredentials } from '@unswap/contract'
import { expect, test } from 'vitest'
import { describeReport, renderHtml } from '../../../src/index.ts'
import { reportOf } from '../sample.ts'

const NONE: ContentCredentials = {
  state: 'none',
  codes: [],
  trust: null,
  trustList: null,
  signer: null,
  generator: null,
  actions: [],
  ingredients: 0,
}
const VALID: ContentCredentials = {
  ...NONE,
  state: 'valid',
  trust: 'untrusted',
  signer: { name: 'A <b>camera</b>\n', organisation: 'Makers', algorithm: 'Es256', signedAt: null },
  generator: 'editor 1',
  actions: [{ action: 'c2pa.created', sourceType: 'trainedAlgorithmicMedia', agent: null }],
}
const told = (contentCredentials: ContentCredentials) =>
  describeReport({ ...reportOf({}, []), contentCredentials })
    .map(({ text }) => text)
    .filter((text) => text.startsWith('Content credentials'))
const page = (contentCredentials: ContentCredentials) =>
  renderHtml({ report: { ...reportOf({}, []), contentCredentials } })

test('what credentials say stands beside the verdict, integrity and trust apart', async () => {
  const [line, ...more] = told(VALID)
  expect(more).toEqual([])
  for (const part of [
    'Unaltered',
    'is not trusted',
    'unproven',
    'trainedAlgorithmicMedia',
    'never change it',
  ]) {
    expect(line).toContain(part)
    expect(await page(VALID)).toContain(part)
  }
  expect(line).not.toContain('\n')
  expect(await page(VALID)).not.toContain('<b>camera')
})

test('an alteration is told with its code, and a trusted signer as such', async () => {
  const codes = ['assertion.dataHash.mismatch']
  expect(told({ ...VALID, state: 'invalid', codes })[0]).toMatch(/Not valid.*assertion\.dataHash\.mismatch/)
  const listed = { ...VALID, trustList: '0'.repeat(64) }
  expect(told(listed)[0]).toContain('does not lead to the configured list')
  expect(told({ ...listed, trust: 'trusted' })[0]).toContain('leads to the configured list')
})

test('where there are none the page alone says so, and an older report says nothing', async () => {
  expect(told(NONE)).toEqual([])
  expect(await page(NONE)).toContain('that says nothing about it')
  expect(await renderHtml({ report: reportOf({}, []) })).not.toContain('Content credentials')
})
