import { InvalidArgumentError } from 'commander'

/** A number that `accept` accepts. @throws InvalidArgumentError, which says that it must be `what` */
export function number(text: string, what: string, accept: (value: number) => boolean): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!accept(value)) throw new InvalidArgumentError(`It must be ${what}.`)
  return value
}

export const whole = (text: string): number =>
  number(text, 'a whole number, 0 or more', (n) => Number.isSafeInteger(n) && n >= 0)
export const count = (text: string): number =>
  number(text, 'a whole number, 1 or more', (n) => Number.isSafeInteger(n) && n >= 1)
