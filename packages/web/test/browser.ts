import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
/** Screenshots are kept here as output of the tests. */
const SHOTS = join(import.meta.dirname, '../../../test-output/web')

export async function openBrowser(): Promise<Browser> {
  if (!CHROMIUM) throw new Error('No Chromium on this machine: apt-get install chromium')
  await mkdir(SHOTS, { recursive: true })
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** Full-page pictures in both themes and at the width of a telephone. */
export async function shoot(page: Page, name: string): Promise<void> {
  const size = page.viewportSize() ?? { width: 1280, height: 800 }
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.screenshot({ path: join(SHOTS, `${name}-${scheme}.png`), fullPage: true })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 360, height: 740 })
  await page.screenshot({ path: join(SHOTS, `${name}-narrow.png`), fullPage: true })
  const width = (await page.evaluate('document.documentElement.scrollWidth')) as number
  if (width > 360) throw new Error(`The page ${name} is ${width} pixels wide on a telephone of 360.`)
  await page.setViewportSize(size)
}

/** The page as it comes on paper: a picture of the width of A4, and a PDF. */
export async function shootPrint(page: Page, name: string): Promise<void> {
  const size = page.viewportSize() ?? { width: 1280, height: 800 }
  await page.emulateMedia({ media: 'print' })
  await page.pdf({ path: join(SHOTS, `${name}.pdf`), preferCSSPageSize: true })
  await page.setViewportSize({ width: 690, height: 980 })
  await page.screenshot({ path: join(SHOTS, `${name}-print.png`), fullPage: true })
  await page.setViewportSize(size)
  await page.emulateMedia({ media: 'screen' })
}

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

/** What axe finds against WCAG 2.2 A and AA, in both themes, as readable lines. */
export async function findBarriers(page: Page): Promise<string[]> {
  const lines: string[] = []
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    // Evaluated in the page's own world, which its strict policy leaves to the browser's tools.
    await page.evaluate(await axeSource)
    const found = (await page.evaluate(
      "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then((result) => result.violations)",
    )) as Violation[]
    for (const { id, impact, nodes } of found) {
      for (const node of nodes) lines.push(`${scheme} ${impact} ${id}: ${node.html} ${node.failureSummary}`)
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  return lines
}
