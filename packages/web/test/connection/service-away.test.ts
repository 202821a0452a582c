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
  return () => context.close()
})

/** From now on nothing answers this browser; the function that is returned ends that. */
async function takeAway(): Promise<() => Promise<void>> {
  await context.route('**/*', (route) => route.abort('connectionrefused'))
  return () => context.unroute('**/*')
}
const lost = () => page.getByText('Connection to the service lost.')

test('a running analysis says that the connection is lost, and goes on by itself', async () => {
  await page.goto(service.url)
  await page.locator('input[type=file]').setInputFiles({
    name: 'slow.png',
    mimeType: 'image/png',
    buffer: await pictureOf('forged'),
  })
  await page.getByText('1 of 2 frames').waitFor()
  const giveBack = await takeAway()
  await lost().waitFor()
  await page.getByText(/Trying again in \d+ s/).waitFor()
  await shoot(page, 'service-away')
  expect(await findBarriers(page)).toEqual([])
  await giveBack()
  await page.locator('#verdict').waitFor()
  await expect.poll(() => lost().count()).toBe(0)
})

test('a page that was never opened waits for the service instead of failing', async () => {
  await page.goto(service.url)
  await page.getByRole('button', { name: 'Choose files' }).waitFor()
  const giveBack = await takeAway()
  await page.getByRole('link', { name: 'Status' }).click()
  await lost().waitFor()
  await giveBack()
  await page.getByRole('button', { name: 'Try now' }).click()
  await page.getByRole('heading', { level: 1, name: 'Status' }).waitFor()
  await expect.poll(() => lost().count()).toBe(0)
})

test('pages are fetched ahead, and open while the service is away', async () => {
  const scripts: string[] = []
  page.on('response', (answer) => scripts.push(answer.url()))
  await page.clock.install()
  await page.goto(service.url)
  await page.getByRole('button', { name: 'Choose files' }).waitFor()
  expect(scripts.filter((each) => each.includes('history-page'))).toEqual([])
  await page.clock.runFor(5000)
  await expect.poll(() => scripts.some((each) => each.includes('history-page'))).toBe(true)
  await page.waitForLoadState('networkidle')
  await takeAway()
  await page.getByRole('link', { name: 'History' }).click()
  await page.getByRole('heading', { level: 1, name: 'History' }).waitFor()
  await lost().waitFor()
})
