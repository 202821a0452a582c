/** A share 0..1 as a percentage; `<1%` rather than a false 0%. */
export function percent(share: number): string {
  return share > 0 && share < 0.01 ? '<1%' : `${Math.round(share * 100)}%`
}

/** A share 0..1 in hundredths, with two significant digits: `50`, `1.5`. */
export const fineShare = (share: number): string => String(Number((100 * share).toPrecision(2)))

/** A probability as a percentage that never claims certainty: `<1%`, `37%`, `>99%`. */
export function chance(probability: number): string {
  if (probability < 0.01) return '<1%'
  return probability > 0.99 ? '>99%' : `${Math.round(probability * 100)}%`
}

/** A score with two decimals; never a percentage, so that it is not read as a probability. */
export function scoreText(score: number): string {
  return score.toFixed(2)
}

/** A measured value with at most three significant digits and no exponent. */
export function measure(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
  return String(Number(value.toFixed(decimals))).replace('-', '−')
}

/** Seconds as `0:03.40`, `12:05.00` or `1:02:03.00`, with as many decimals as asked for. */
export function timecode(seconds: number, decimals = 2): string {
  const unit = 10 ** decimals
  const ticks = Math.round(seconds * unit)
  const whole = Math.floor(ticks / unit)
  const rest = decimals === 0 ? '' : `.${String(ticks % unit).padStart(decimals, '0')}`
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  const tail = `${String(whole % 60).padStart(2, '0')}${rest}`
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`
}

/** Bytes in the unit that reads best, decimal multiples, three significant digits. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  const units = ['kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length, Math.floor(Math.log10(bytes) / 3))
  return `${Number((bytes / 1000 ** step).toPrecision(3))} ${units[step - 1]}`
}
