const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const size = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/** 0.934 → `93 %`; never a 0 or 100 that was not meant. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return 'under 1 %'
  if (share < 1 && share > 0.99) return 'over 99 %'
  return `${Math.round(share * 100)} %`
}

/** 0.934 → `93 in 100`; 0.002 → `2 in 1000`. */
export function frequency(share: number): string {
  if (share >= 0.01 && share <= 0.99) return `${Math.round(share * 100)} in 100`
  return `${Math.min(999, Math.max(1, Math.round(share * 1000)))} in 1000`
}

/** 117121 → `117 kB`: powers of 1000, as in the report. */
export function bytes(count: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3))
  return `${size.format(count / 1000 ** power)} ${units[power]}`
}

/** 75.4 → `1:15.4`; the way players count. */
export function clock(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  const rest = (seconds - minutes * 60).toFixed(1).padStart(4, '0')
  return `${minutes}:${rest}`
}

export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 90) return `${number.format(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return `${number.format(seconds / 3600)} h`
}

export const when = (iso: string): string => moment.format(new Date(iso))
export const decimal = (value: number): string => number.format(value)

/** The number by which a face is called everywhere, in pictures and reports too: `face-3` → `3`. */
export const faceNumber = (id: string): string => id.replace(/^face-/, '')
