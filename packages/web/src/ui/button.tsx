import type { ButtonHTMLAttributes } from 'react'

const LOOKS = {
  primary: 'bg-accent text-on-accent border-accent',
  plain: 'bg-paper text-ink border-muted',
  danger: 'bg-paper text-manipulated border-manipulated',
} as const

/** The classes of a button, for links that look like one. */
export const buttonLook = (look: keyof typeof LOOKS): string =>
  `min-h-10 cursor-pointer rounded-md border px-3 py-1.5 font-medium disabled:cursor-default disabled:opacity-60 ${LOOKS[look]}`

export function Button({
  look = 'plain',
  className = '',
  type = 'button',
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { look?: keyof typeof LOOKS }) {
  return <button type={type} className={`${buttonLook(look)} ${className}`} {...rest} />
}
