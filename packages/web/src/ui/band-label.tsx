import type { Band } from '@unswap/contract'
import { text } from '../text/text.ts'

export const BAND_COLOUR: Record<Band, string> = {
  likely_manipulated: 'text-manipulated',
  inconclusive: 'text-inconclusive',
  likely_authentic: 'text-authentic',
}

/** The same colours as CSS values, for shapes. */
export const BAND_FILL: Record<Band, string> = {
  likely_manipulated: 'var(--manipulated)',
  inconclusive: 'var(--inconclusive)',
  likely_authentic: 'var(--authentic)',
}

// Each band also has a shape, for people who cannot tell the colours apart.
const MARKS: Record<Band, string> = {
  likely_manipulated: 'M8 1 15.500 14.500H.5z',
  inconclusive: 'M8 .5 15.500 8 8 15.500.5 8z',
  likely_authentic: 'M8 .75a7.250 7.250 0 1 0 .01 0z',
}

export function BandMark({ band }: { band: Band }) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      className={`inline-block size-[0.8em] shrink-0 ${BAND_COLOUR[band]}`}
    >
      <path d={MARKS[band]} fill="currentColor" />
    </svg>
  )
}

export function BandLabel({ band }: { band: Band }) {
  return (
    <span className={`inline-flex items-center gap-1.5 font-semibold ${BAND_COLOUR[band]}`}>
      <BandMark band={band} />
      {text.bands[band]}
    </span>
  )
}
