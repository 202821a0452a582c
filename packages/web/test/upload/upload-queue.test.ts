import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { findBarriers, openBrowser, shoot } from '../browser.ts'
import { type QuickService, startQuickService } from '../quick-service.ts'
import { pictureOf } from '../result/sample-picture.ts'

let service: QuickService
let browser: Browser
let context: BrowserContext
let page: Page

beforeAll(async () => {
  ;[service, browser] = await Promise.all([startQuickService(), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})
beforeEach(async () => {
  context = await browser.newContext()
  page = await context.newPage()
  await page.goto(service.url)
  await page.getByText('Up to').waitFor()
  return () => context.close()
})

const picture = async (name: string) => ({
  name,
  mimeType: 'image/png',
  buffer: await pictureOf('forged'),
})
const choose = (files: Parameters<ReturnType<Page['locator']>['setInputFiles']>[0]) =>
  page.locator('input[type=file]').setInputFiles(files)
const names = async () => {
  const all = await service.service.db.selectFrom('analyses').select('name').execute()
  return all.map(({ name }) => name)
}
/** Holds uploads until the function that is returned is called. */
async function holdUploads(): Promise<() => void> {
  let free = () => {}
  const freed = new Promise<void>((resolve) => {
    free = resolve
  })
  await page.route('**/api/v1/{analyses,batches}', async (route) => {
    await freed
    await route.continue()
  })
  return free
}

test('one unfit file does not refuse the others, and is named', async () => {
  await choose([
    await picture('fit.png'),
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('words') },
  ])
  await page.getByRole('heading', { level: 1, name: 'fit.png' }).waitFor()
  await page.getByRole('alert').getByText('notes.txt is neither a picture nor a video').waitFor()
  await page.locator('#verdict').waitFor()
  await shoot(page, 'unfit')
  expect(await findBarriers(page)).toEqual([])
  await page.getByRole('button', { name: 'Close' }).click()
  expect(await page.getByRole('alert').count()).toBe(0)
})

test('a second choice while the first is sent joins the queue; leaving warns; nothing jumps', async () => {
  const free = await holdUploads()
  const zone = page.getByRole('region', { name: 'Drop photographs' })
  const before = await zone.boundingBox()
  await choose(await picture('first.png'))
  await page.getByText('Uploading first.png').waitFor()
  await choose([await picture('second.png'), await picture('third.png')])
  await page.getByText('1 more waits.').waitFor()
  expect(await zone.boundingBox()).toEqual(before)
  await shoot(page, 'uploading')
  expect(await findBarriers(page)).toEqual([])
  const asked = page.waitForEvent('dialog')
  void page.close({ runBeforeUnload: true })
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.dismiss()
  await page.getByRole('link', { name: 'Help' }).click()
  free()
  await page.getByRole('link', { name: 'first.png' }).waitFor()
  await page.getByRole('link', { name: '2 files' }).click()
  await page.getByRole('heading', { name: 'Batch' }).waitFor()
  expect(await names()).toEqual(expect.arrayContaining(['first.png', 'second.png', 'third.png']))
})

test('an upload without an answer is sent again, and taken once', async () => {
  let cut = true
  await page.route('**/api/v1/analyses', async (route) => {
    if (!cut) return route.continue()
    cut = false
    await route.fetch()
    await route.abort('connectionreset')
  })
  await choose(await picture('once.png'))
  await page.locator('#verdict').waitFor()
  expect((await names()).filter((name) => name === 'once.png')).toHaveLength(1)
})

test('options and what was typed outlive a visit to another page; an address takes the tags along', async () => {
  const sent: unknown[] = []
  await page.route('**/api/v1/analyses', (route) => {
    sent.push(route.request().postDataJSON())
    return route.fulfill({
      status: 422,
      json: { status: 422, code: 'url_failed', detail: 'Nobody answers there.', title: 'x', type: 'x' },
    })
  })
  await page.getByText('Options').click()
  await page.getByLabel('Tags').fill('desk, war, desk')
  await page.getByRole('link', { name: 'Help' }).click()
  await page.getByRole('heading', { name: 'How to read a result' }).waitFor()
  await page.evaluate(`{
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', ' https://example.org/a.jpg\\n')
    document.body.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData }))
  }`)
  const address = page.getByLabel('Address of a photograph or video')
  await expect.poll(() => address.inputValue()).toBe('https://example.org/a.jpg')
  await expect.poll(() => address.evaluate((input) => input === document.activeElement)).toBe(true)
  await page.keyboard.press('Enter')
  await page.getByText('Nobody answers there.').waitFor()
  expect(sent).toEqual([{ url: 'https://example.org/a.jpg', tags: ['desk', 'war'] }])
  expect(await address.inputValue()).toBe('https://example.org/a.jpg')
  await address.fill('example.org/b.jpg')
  await page.getByRole('button', { name: 'Fetch and analyse' }).click()
  await expect.poll(() => sent.length).toBe(2)
  expect(sent[1]).toMatchObject({ url: 'https://example.org/b.jpg' })
})
