import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { findBarriers, openBrowser, shoot } from '../browser.ts'
import { type QuickService, startQuickService } from '../quick-service.ts'

let service: QuickService
let browser: Browser
let page: Page

beforeAll(async () => {
  ;[service, browser] = await Promise.all([startQuickService(false), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})

beforeEach(async () => {
  await service.service.db.deleteFrom('analyses').execute()
  const context = await browser.newContext({ timezoneId: 'America/New_York' })
  page = await context.newPage()
  return () => context.close()
})

const rows = () => page.getByRole('main').getByRole('listitem')
const box = (name: string) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true })
const open = async (search = '') => {
  await page.goto(`${service.url}/history${search}`)
  await page.getByRole('heading', { name: 'History' }).waitFor()
}
const stored = async () => {
  const all = await service.service.db.selectFrom('analyses').select('name').execute()
  return all.map(({ name }) => name).sort()
}
const save = async (label: RegExp) => {
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: label }).click()
  const text = await readFile(await (await download).path(), 'utf8')
  return text.trimEnd().split('\r\n').slice(1)
}

test('a filter hides rows from an erasure too: what is counted is what is done', async () => {
  for (const name of ['cat.png', 'cow.png', 'dog.png']) await service.put({ name })
  await open()
  for (const name of ['cat.png', 'cow.png', 'dog.png']) await box(name).check()
  await page.getByText('3 selected').waitFor()
  await page.getByLabel('Name or checksum').fill('dog')
  await page.getByText('1 selected').waitFor()
  await page.getByRole('button', { name: 'Delete selected' }).click()
  await page.getByRole('heading', { name: 'Delete 1 analysis?' }).waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByRole('button', { name: 'Erase now' }).click()
  await page.getByText('Nothing matches these filters.').waitFor()
  expect(await stored()).toEqual(['cat.png', 'cow.png'])
})

test('an erasure can be taken back for a minute, also from another page, and then happens', async () => {
  await page.clock.install()
  for (const name of ['one.png', 'two.png', 'three.png']) await service.put({ name })
  await open()
  await page.getByRole('checkbox', { name: 'All that are shown' }).check()
  await page.getByRole('button', { name: 'Delete selected' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText('Nothing here yet.').waitFor()
  await page.clock.runFor(30_000)
  await page.getByText('In 30 s').waitFor()
  expect(await findBarriers(page)).toEqual([])
  await page.getByRole('link', { name: 'Help' }).click()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('link', { name: 'History' }).click()
  await expect.poll(() => rows().count()).toBe(3)
  await box('two.png').check()
  await page.getByRole('button', { name: 'Delete selected' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await expect.poll(() => rows().count()).toBe(2)
  expect(await stored()).toHaveLength(3)
  await page.clock.runFor(61_000)
  await expect.poll(stored).toEqual(['one.png', 'three.png'])
})

test('who leaves has not taken it back, and what is gone already stops nothing', async () => {
  const gone = await service.put({ name: 'gone.png' })
  await service.put({ name: 'kept.png' })
  await service.put({ name: 'left.png' })
  await open()
  for (const name of ['gone.png', 'left.png']) await box(name).check()
  await service.service.db.deleteFrom('analyses').where('id', '=', gone).execute()
  await page.getByRole('button', { name: 'Delete selected' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText('2 analyses will be erased').waitFor()
  await page.goto('about:blank')
  await expect.poll(stored).toEqual(['kept.png'])
})

test('an export is whole and says how many rows it has; all pages can be ticked, and a range', async () => {
  for (let index = 0; index < 80; index++) await service.put({ name: `n${index}.png` }, { at: 1e12 - index })
  await open()
  expect(await save(/^Export CSV of 80$/)).toHaveLength(80)
  await page.getByText('80 analyses exported.').waitFor()
  await box('n3.png').click()
  await box('n7.png').click({ modifiers: ['Shift'] })
  await page.getByText('5 selected').waitFor()
  expect((await save(/^Export CSV of 5$/)).map((line) => line.split(',')[1])).toEqual(
    [3, 4, 5, 6, 7].map((index) => `n${index}.png`),
  )
  await page.getByRole('checkbox', { name: 'All that are shown' }).check()
  await page.getByText('50 selected').waitFor()
  await page.getByRole('button', { name: 'Select all 80' }).click()
  await page.getByText('80 selected').waitFor()
})

test('a day in the filter is whole, in the time zone of the reader', async () => {
  // Where the reader is, this is 23:30 of the 2nd of May, and half past midnight of the same day.
  await service.put({ name: 'late.png' }, { at: Date.parse('2024-05-03T03:30:00Z') })
  await service.put({ name: 'early.png' }, { at: Date.parse('2024-05-02T04:30:00Z') })
  await service.put({ name: 'before.png' }, { at: Date.parse('2024-05-02T03:30:00Z') })
  await open()
  await expect.poll(() => rows().count()).toBe(3)
  await page.getByLabel('From').fill('2024-05-02')
  await page.getByLabel('To', { exact: true }).fill('2024-05-02')
  await expect.poll(() => rows().count()).toBe(2)
  expect((await rows().allInnerTexts()).join()).toMatch(/late.png.*early.png/s)
  expect(await save(/^Export CSV of 2$/)).toHaveLength(2)
  await page.reload()
  expect(await page.getByLabel('To', { exact: true }).inputValue()).toBe('2024-05-02')
})

test('the list stays while one types, and every letter arrives', async () => {
  for (const name of ['alpha.png', 'beta.png']) await service.put({ name })
  await open()
  await rows().first().waitFor()
  await page.evaluate(`{
    window.least = 9
    new MutationObserver(() => {
      window.least = Math.min(window.least, document.querySelectorAll('main li').length)
    }).observe(document.querySelector('main'), { childList: true, subtree: true })
  }`)
  await page.getByLabel('Name or checksum').pressSequentially('alpha', { delay: 60 })
  await expect.poll(() => rows().count()).toBe(1)
  expect(await page.evaluate('window.least')).toBe(1)
  expect(new URL(page.url()).searchParams.get('text')).toBe('alpha')
})

test('the page with ticked rows has no barrier and fits a small telephone', async () => {
  await service.put({ name: `${'a-very-long-name-'.repeat(9)}.png`, tags: ['x'.repeat(60)] })
  await service.put({ name: 'b.png' }, { report: { band: 'likely_manipulated', probability: 0.97 } })
  await open()
  await box('b.png').check()
  await shoot(page, 'history-ticked')
  expect(await findBarriers(page)).toEqual([])
  await page.setViewportSize({ width: 320, height: 640 })
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
})
