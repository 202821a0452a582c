import type { Band } from '@unswap/contract'
import { markup } from '../text/markup.ts'
import { BAND_TEXT, TEXT } from '../text/wording.ts'
import { symbol } from './verdict-section.ts'

/** What a person decided about the media. */
export interface HumanDecision {
  readonly band: Band
  readonly by: string
  /** RFC 3339. */
  readonly at: string
}

const MAIN = '<main>\n'

/**
 * Puts what a person decided before the verdict of a page of `renderHtml`. It is no part of the report, which stays the
 * same for the same media.
 */
export function addDecision(page: string, { band, by, at }: HumanDecision): string {
  const section = markup`<section class="verdict" aria-labelledby="decision">
<h2 id="decision"><span class="${band}">${symbol(band)}</span>${BAND_TEXT[band].title}</h2>
<p class="lead">${TEXT.decided(by, at)}</p>
</section>
`
  // The function keeps `$` in a name from meaning something. The first place is that of the page itself.
  return page.replace(MAIN, () => MAIN + section.markup)
}
