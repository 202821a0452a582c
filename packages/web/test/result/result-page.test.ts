import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { findBarriers, openBrowser, shoot, shootPrint } from '../browser.ts'
import { type QuickService, startQuickService } from '../quick-service.ts'
import { pictureOf } from './sample-picture.ts'

let service: QuickService
let browser: Browser
let page: Page

beforeAll(async () => {
  ;[service, browser] = await Promise.all([startQuickService(), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})
beforeEach(async () => {
  const context = await browser.newContext()
  page = await context.newPage()
  return () => context.close()
})

/** Sends a picture that the stand-in calls forged, real or without a face, and opens its result. */
async function open(kind: 'forged' | 'real' | 'faceless', name = `${kind}.png`): Promise<string> {
  await page.goto(service.url)
  await page.locator('input[type=file]').setInputFiles({
    name,
    mimeType: 'image/png',
    buffer: await pictureOf(kind),
  })
  await verdict().waitFor()
  return page.url().split('/').at(-1)!
}
const verdict = () => page.locator('#verdict')
const erase = async () => {
  await page.getByRole('button', { name: 'Delete now' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
}

test('what was erased is gone from the memory of the page, in other tabs too', async () => {
  const id = await open('forged')
  const crop = `/api/v1/analyses/${id}/evidence/face-1.crop.jpg`
  const status = (of: Page) => of.evaluate(`fetch('${crop}').then((answer) => answer.status)`)
  expect(await status(page)).toBe(200)
  expect(await status(page)).toBe(200)
  const other = await page.context().newPage()
  await other.goto(page.url())
  await other.locator('#verdict').waitFor()
  await page.getByRole('link', { name: 'History' }).click()
  await page.getByRole('link', { name: 'forged.png' }).click()
  await verdict().waitFor()
  await erase()
  await page.getByRole('heading', { name: 'History' }).waitFor()
  await other.getByText('There is no analysis with this id').waitFor()
  for (let step = 0; step < 3; step++) {
    await page.goBack()
    await page.waitForTimeout(150)
    expect(await verdict().count()).toBe(0)
  }
  expect(await status(page)).toBe(404)
})

test('a face that cannot be judged says why first, and shows no score and no map', async () => {
  await page.route('**/api/v1/analyses/*', async (route) => {
    const response = await route.fetch()
    const json = await response.json()
    const face = json.report?.faces[0]
    if (face) {
      const reasons = [{ code: 'face_too_small', message: 'The face is too small to judge.' }]
      face.verdict = { ...face.verdict, band: 'inconclusive', probability: null, interval: null, reasons }
      json.report.verdict = { ...face.verdict, faceId: null, family: null }
    }
    await route.fulfill({ response, json })
  })
  await open('forged', 'small.png')
  const faces = page.getByRole('tabpanel')
  expect(await faces.innerText()).toMatch(/^This face could not be judged.\s+The face is too small to judge./)
  expect(await page.getByRole('main').innerText()).not.toMatch(/0\.97|Scores by kind/)
  expect(await page.getByRole('img', { name: 'Manipulation map' }).count()).toBe(0)
  const said = await page.getByRole('region', { name: 'Inconclusive' }).innerText()
  expect(said).toMatch(/What you can do\s+Give the largest version/)
  await shoot(page, 'unjudged')
  expect(await findBarriers(page)).toEqual([])
})

test('a picture without a face says what would help', async () => {
  await open('faceless')
  expect(await page.getByRole('region', { name: 'Inconclusive' }).innerText()).toMatch(
    /What you can do\s+Give a picture in which a face is seen whole/,
  )
})

test('a decision leads, is shown with its author and comment, and can be withdrawn and undone', async () => {
  await open('forged', 'decided.png')
  expect(await verdict().innerText()).toBe('Likely manipulated')
  await page.getByLabel('What do you know about it?').fill('I stood beside him.')
  await page.getByLabel('What a person decided').selectOption('likely_authentic')
  await page.getByRole('button', { name: 'Send feedback' }).click()
  await expect.poll(() => verdict().innerText()).toBe('Likely authentic')
  const panel = page.getByRole('region', { name: 'Likely authentic' })
  expect(await panel.innerText()).toMatch(/A person decided: anonymous, .*20\d\d/)
  expect(await panel.innerText()).toMatch(/The machine’s verdict:\s*Likely manipulated/)
  expect(await page.title()).toMatch(/^Likely authentic · decided.png/)
  await page.getByText('I stood beside him.').waitFor()
  expect(await page.getByLabel('What do you know about it?').inputValue()).toBe('')
  await shoot(page, 'decided')
  expect(await findBarriers(page)).toEqual([])
  await page.getByRole('button', { name: 'Withdraw the decision' }).click()
  await expect.poll(() => verdict().innerText()).toBe('Likely manipulated')
  await page.getByText('took the decision back').waitFor()
  await page.getByRole('button', { name: 'Undo this decision' }).click()
  await expect.poll(() => verdict().innerText()).toBe('Likely authentic')
  await page.getByRole('link', { name: 'History' }).click()
  await page.getByLabel('Decided by a person').selectOption('yes')
  await page.getByRole('link', { name: 'decided.png' }).waitFor()
  await page.getByLabel('Verdict').selectOption('likely_manipulated')
  await page.getByText('Nothing matches these filters.').waitFor()
})

test('faces stand in order, one on the picture leads to its panel, and the picture comes before the long text', async () => {
  await page.route('**/api/v1/analyses/*', async (route) => {
    const response = await route.fetch()
    const json = await response.json()
    const face = json.report?.faces[0]
    if (face) {
      const seen = (x: number) => [
        { frame: 0, seconds: 0, box: { x, y: 9, width: 9, height: 9 }, scores: face.scores },
      ]
      json.report.faces = [
        { ...face, id: 'face-2', timeline: seen(30) },
        { ...face, id: 'face-1', timeline: seen(9) },
      ]
      json.report.verdict.faceId = 'face-2'
    }
    await route.fulfill({ response, json })
  })
  await page.setViewportSize({ width: 320, height: 600 })
  await open('forged', `${'very-long-name-'.repeat(8)}.png`)
  const tabs = page.getByRole('tab')
  expect(await tabs.allInnerTexts()).toEqual(['Face 1', 'Face 2'])
  expect(await tabs.nth(1).getAttribute('aria-selected')).toBe('true')
  await page.getByRole('button', { name: 'Face 1: Likely manipulated' }).click()
  await expect.poll(() => tabs.nth(0).evaluate((tab) => tab === document.activeElement)).toBe(true)
  expect(await tabs.nth(0).getAttribute('aria-selected')).toBe('true')
  await expect.poll(async () => (await tabs.nth(0).boundingBox())!.y).toBeLessThan(300)
  const top = async (text: string) => (await page.getByRole('heading', { name: text }).boundingBox())!.y
  expect(await top('The picture with its faces')).toBeLessThan(await top('What the verdict rests on'))
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
  await page.setViewportSize({ width: 1280, height: 800 })
  await tabs.nth(1).click()
  await page.emulateMedia({ media: 'print' })
  const printed = await page.getByRole('main').innerText()
  expect(printed.match(/Face \d(?=\s+Likely)/g)?.sort()).toEqual(['Face 1', 'Face 2'])
  const high = async (name: string) => (await page.getByText(name, { exact: true }).last().boundingBox())!.y
  expect(await high('Face 1')).toBeLessThan(await high('Face 2'))
  expect(
    await page.getByRole('button').evaluateAll((all) => all.filter((one) => one.checkVisibility()).length),
  ).toBe(2)
  await shootPrint(page, 'faces')
  await shoot(page, 'faces')
  expect(await findBarriers(page)).toEqual([])
})
