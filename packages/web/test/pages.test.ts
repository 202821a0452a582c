import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createSigner } from '../../detector/test/media/credentials/signer.ts'
import { findBarriers, openBrowser, shoot } from './browser.ts'
import { type Service, startService } from './service.ts'

const TESTDATA = join(import.meta.dirname, '../../../testdata')
const REAL = join(TESTDATA, 'real/astronaut.png')
const FAKE = join(TESTDATA, 'fake/astronaut-swap.png')
const VIDEO = join(TESTDATA, 'video/fake-astronaut-swap.mp4')

/** A PNG that ends after its signature. */
const BROKEN = Buffer.from('\x89PNG\r\n\x1a\nbroken', 'latin1')

let service: Service
let browser: Browser
let page: Page
/** Addresses asked for outside the service: there must be none. */
const foreign: string[] = []
const complaints: string[] = []

beforeAll(async () => {
  ;[service, browser] = await Promise.all([startService(), openBrowser()])
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.on('request', (request) => {
    if (!request.url().startsWith(service.address) && !/^(blob|data):/.test(request.url()))
      foreign.push(request.url())
  })
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await service?.stop()
})

async function analyse(file: string | string[]): Promise<void> {
  await page.goto(`${service.address}/`)
  await page.locator('input[type=file]').setInputFiles(file)
}

const verdict = () => page.locator('#verdict')

test('a real photograph: verdict in words, face, heat map, report', async () => {
  await page.goto(`${service.address}/`)
  await page.getByText('Up to').waitFor()
  await shoot(page, 'analyse')
  expect(await findBarriers(page)).toEqual([])
  await analyse(REAL)
  await verdict().waitFor()
  expect(await verdict().innerText()).toMatch(/Likely authentic|Inconclusive/)
  expect(await page.title()).toMatch(/^(Likely authentic|Inconclusive) · astronaut.png · /)
  const panel = await page.getByRole('region', { name: /Likely authentic|Inconclusive/ }).innerText()
  expect(panel).toMatch(/What the verdict rests on\s+The face has a raw score of 0\.\d\d/)
  expect(panel).toMatch(/Why it is not more certain\s+\S/)
  await page.getByRole('button', { name: /^Face 1:/ }).waitFor()
  await page.getByLabel('Manipulation map', { exact: true }).check()
  const map = page.getByRole('img', { name: 'Manipulation map' })
  await expect
    .poll(() => map.evaluate((image: HTMLImageElement) => image.naturalWidth), { timeout: 20_000 })
    .toBeGreaterThan(100)
  await page.getByLabel('Both').check()
  const strength = page.getByLabel('Strength of the map')
  await strength.fill('0.3')
  expect(
    await page
      .getByRole('img', { name: 'Manipulation map' })
      .evaluate((map) => getComputedStyle(map).opacity),
  ).toBe('0.3')
  await page.getByLabel('Compare').check()
  await page.getByLabel('Where the map begins').fill('0.25')
  expect(await map.evaluate((image) => getComputedStyle(image).clipPath)).toBe('inset(0px 0px 0px 25%)')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: 'Copy summary' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  const summary = (await page.evaluate('navigator.clipboard.readText()')) as string
  expect(summary).toMatch(/^Unswap: (Likely authentic|Inconclusive)\nastronaut.png\nProbability .*\d %/)
  expect(summary).toContain(page.url())
  const report = await page.getByRole('link', { name: 'Report (JSON)' }).getAttribute('href')
  const answer = await page.request.get(`${service.address}${report}`)
  expect((await answer.json()).schema).toBe('unswap.report/1')
  await shoot(page, 'photograph')
  expect(await findBarriers(page)).toEqual([])
})

test('the prior and the bands that a report has are said and drawn; an old report says nothing of them', async () => {
  let prior: number | undefined
  let bands: object | undefined
  await page.route('**/api/v1/analyses/*', async (route) => {
    const response = await route.fetch()
    const json = await response.json()
    // An undefined value leaves the field out of the JSON.
    for (const { calibration } of json.report?.models ?? []) Object.assign(calibration, { prior })
    for (const face of json.report?.faces ?? []) Object.assign(face, { bands })
    await route.fulfill({ response, json })
  })
  onTestFinished(() => page.unroute('**/api/v1/analyses/*'))
  const panel = page.getByRole('region', { name: /Likely authentic|Inconclusive/ })
  const coloured = () => panel.locator('[style*=linear-gradient]').count()
  await analyse(REAL)
  await verdict().waitFor()
  expect(await panel.innerText()).toMatch(/about \d+ in 100 are manipulated\.\s/)
  expect(await panel.innerText()).not.toMatch(/of all media|On this scale/)
  expect(await coloured()).toBe(0)
  prior = 0.2
  bands = { authentic: 0.3, manipulated: 0.85, falsePositiveRate: 0.014 }
  await page.reload()
  await verdict().waitFor()
  const said = await panel.innerText()
  expect(said).toMatch(/about \d+ in 100 are manipulated, if 20 in 100 of all media were\.\s/)
  expect(said).toContain('up to 30 % is likely authentic, and from 85 % likely manipulated')
  expect(said).toContain('about 1 % of real media reach it')
  expect(await coloured()).toBe(1)
  await shoot(page, 'bands')
  expect(await findBarriers(page)).toEqual([])
})

test('a forged photograph scores above the real one; feedback and a human decision stay with it', async () => {
  await analyse(FAKE)
  await verdict().waitFor()
  await shoot(page, 'forged')
  await page.getByLabel('The verdict is wrong').check()
  await page.getByLabel('4 of 5').check()
  await page.getByLabel('What do you know about it?').fill('I made it myself.')
  await page.getByLabel('What a person decided').selectOption('likely_manipulated')
  await page.getByRole('button', { name: 'Send feedback' }).click()
  await page.getByText('A person decided').first().waitFor()
})

test('a video: progress, timeline, seeking', async () => {
  await analyse(VIDEO)
  await verdict().waitFor({ timeout: 60_000 })
  const timeline = page.getByRole('slider', { name: 'Score over time' })
  await timeline.focus()
  await page.keyboard.press('End')
  const player = page.locator('video[controls]')
  await expect
    .poll(() => player.evaluate((video: HTMLVideoElement) => video.currentTime))
    .toBeGreaterThan(0.5)
  const box = (await timeline.boundingBox())!
  await page.mouse.click(box.x + 2, box.y + box.height / 2)
  await expect.poll(() => player.evaluate((video: HTMLVideoElement) => video.currentTime)).toBeLessThan(0.3)
  const moment = page.getByRole('button', { name: /score 0\.\d\d/ }).first()
  const seconds = Number(/0:(\d\d\.\d)/.exec(await moment.innerText())?.[1])
  await moment.click()
  await expect
    .poll(() => player.evaluate((video: HTMLVideoElement) => video.currentTime))
    .toBeCloseTo(seconds, 0)
  await shoot(page, 'video')
  expect(await findBarriers(page)).toEqual([])
})

test('a video that the browser cannot play: its pictures instead of black stills', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-pages-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const old = join(folder, 'old.avi')
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-i', VIDEO, '-c:v', 'mpeg4', '-q:v', '3', old])
  await analyse(old)
  await verdict().waitFor({ timeout: 60_000 })
  await page.getByText('This browser cannot play the video').waitFor()
  await page.getByRole('img', { name: 'Most suspicious moments' }).waitFor()
  await expect.poll(() => page.locator('video').count()).toBe(0)
  await page
    .getByRole('button', { name: /score 0\.\d\d/ })
    .first()
    .click()
  await shoot(page, 'unplayable')
  expect(await findBarriers(page)).toEqual([])
})

test('several files become a batch, a broken one among them', async () => {
  await page.goto(`${service.address}/`)
  const files = [REAL, FAKE].map(async (path) => ({
    name: basename(path),
    mimeType: 'image/png',
    buffer: await readFile(path),
  }))
  const broken = { name: 'broken.png', mimeType: 'image/png', buffer: BROKEN }
  await page.locator('input[type=file]').setInputFiles([...(await Promise.all(files)), broken])
  await page.getByRole('heading', { name: 'Batch' }).waitFor()
  await page.getByText('3 of 3 done').or(page.getByText('2 of 2 done')).waitFor()
  expect(await page.getByRole('table').getByRole('link').allInnerTexts()).toEqual(
    expect.arrayContaining([basename(REAL), basename(FAKE)]),
  )
  expect(await page.getByRole('main').innerText()).toContain('broken.png')
  await shoot(page, 'batch')
  await page.setViewportSize({ width: 390, height: 800 })
  const table = page.getByRole('region', { name: 'Batch' })
  expect(await table.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0)
  await page.setViewportSize({ width: 1280, height: 800 })
  expect(await findBarriers(page)).toEqual([])
})

test('content credentials stand beside the verdict, integrity and trust apart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-signer-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const signer = await createSigner(folder)
  const buffer = await signer.sign('image/png', await readFile(REAL))
  await page.goto(`${service.address}/`)
  await page.locator('input[type=file]').setInputFiles({ name: 'signed.png', mimeType: 'image/png', buffer })
  await verdict().waitFor()
  const shown = await page.getByRole('main').innerText()
  for (const part of ['Content credentials', 'Unaltered', 'the name is unproven', 'Test camera']) {
    expect(shown).toContain(part)
  }
  await shoot(page, 'credentials')
  expect(await findBarriers(page)).toEqual([])
})

test('a sample shows what a result looks like', async () => {
  await page.goto(`${service.address}/`)
  await page.getByRole('button', { name: 'Try the same with another face put in' }).click()
  await verdict().waitFor()
  expect(await verdict().innerText()).toBe('Likely manipulated')
})

test('files are dropped or pasted on any page, and it says so while they hover', async () => {
  await page.goto(`${service.address}/help`)
  await page.getByRole('heading', { name: 'How to read a result' }).waitFor()
  const give = (kind: string, name: string) =>
    page.evaluate(`{
      const files = new DataTransfer()
      files.items.add(new File(['words'], '${name}', { type: 'text/plain' }))
      const of = { bubbles: true, cancelable: true }
      document.body.dispatchEvent('${kind}' === 'paste'
        ? new ClipboardEvent('paste', { ...of, clipboardData: files })
        : new DragEvent('${kind}', { ...of, dataTransfer: files }))
    }`)
  await give('dragenter', 'one.txt')
  await page.getByText('Let go to analyse').waitFor()
  await give('dragleave', 'one.txt')
  await page.getByText('Let go to analyse').waitFor({ state: 'detached' })
  for (const kind of ['drop', 'paste']) {
    await give(kind, `${kind}.txt`)
    await page.getByRole('alert').getByText(`${kind}.txt is neither`).waitFor()
    await page.getByRole('link', { name: 'Help' }).click()
  }
})

test('an analysis that is gone says so, and does not offer to try again', async () => {
  await page.goto(`${service.address}/analyses/00000000-0000-7000-8000-000000000000`)
  await page.getByRole('alert').waitFor()
  await page.getByRole('heading', { level: 1, name: 'Analysis' }).waitFor()
  expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0)
})

test('what is no picture is refused before it is sent', async () => {
  await analyse(join(TESTDATA, 'SOURCES.md'))
  expect(await page.getByRole('alert').innerText()).toContain('neither a picture nor a video')
})

test('a broken picture fails with its code', async () => {
  await page.goto(`${service.address}/`)
  await page.locator('input[type=file]').setInputFiles({
    name: 'broken.png',
    mimeType: 'image/png',
    buffer: BROKEN,
  })
  await page.getByRole('alert').waitFor()
  expect(await page.getByRole('alert').innerText()).toMatch(/media_un(readable|supported)/)
})

test('history: found by name, filtered, exported, deleted', async () => {
  await page.goto(`${service.address}/history`)
  const rows = page.getByRole('listitem')
  await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(3)
  await shoot(page, 'history')
  expect(await findBarriers(page)).toEqual([])
  await page.getByLabel('Name or checksum').fill('astronaut.png')
  await expect
    .poll(async () => (await rows.allInnerTexts()).every((row) => row.includes('astronaut.png')))
    .toBe(true)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export CSV' }).click()
  expect((await download).suggestedFilename()).toBe('unswap-history.csv')
  const before = await rows.count()
  await rows.first().getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Delete selected' }).click()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect.poll(() => rows.count()).toBe(before - 1)
  await page.getByRole('button', { name: 'Erase now' }).click()
})

test.each(['models', 'status', 'help', 'sign-in', 'nowhere'])('the page %s has no barrier', async (name) => {
  await page.goto(`${service.address}/${name}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
  await shoot(page, name)
  expect(await findBarriers(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 800 })
  expect(await findBarriers(page)).toEqual([])
  await page.setViewportSize({ width: 1280, height: 800 })
})

test('who may not see the keys is led to where one signs in', async () => {
  await page.goto(`${service.address}/keys`)
  await page.getByRole('alert').getByRole('link', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
})

test('an administrator signs in, makes a key, sees it in the log and revokes it', async () => {
  const command = [
    'packages/cli/src/main.ts',
    'keys',
    'create',
    '--name',
    'boss',
    '--scope',
    'admin',
    '--json',
  ]
  const made = await promisify(execFile)(process.execPath, command, {
    cwd: join(import.meta.dirname, '../../..'),
    env: { ...process.env, UNSWAP_DATA_DIR: service.dataDir },
  })
  const { secret } = JSON.parse(made.stdout) as { secret: string }
  await page.goto(`${service.address}/sign-in`)
  await page.getByLabel('Key or token').fill(secret)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Keys' }).click()
  await page.getByLabel('Name').fill('newsroom')
  await page.getByRole('button', { name: 'New key' }).click()
  expect(await page.getByRole('dialog').innerText()).toMatch(/usk_/)
  await page.getByRole('button', { name: 'Close' }).click()
  const row = page.getByRole('row', { name: /newsroom/ })
  await row.getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await row.getByText('revoked').waitFor()
  await page.getByText('key.create').first().waitFor()
  await shoot(page, 'keys')
  expect(await findBarriers(page)).toEqual([])
})

test('nothing was asked of another host, and the policy was never broken', () => {
  expect(foreign).toEqual([])
  expect(complaints.filter((line) => /Content Security Policy/i.test(line))).toEqual([])
})
