/** One line of the doctor: `ok`, `limited` (something else does its work, or less works), or `missing`. */
export interface DoctorCheck {
  readonly name: string
  readonly state: 'ok' | 'limited' | 'missing'
  readonly detail: string
  /** The command that mends it, where one can. */
  readonly mend: string | null
}

export const ok = (name: string, detail: string): DoctorCheck => ({ name, state: 'ok', detail, mend: null })
export const limited = (name: string, detail: string, mend: string | null = null): DoctorCheck => ({
  name,
  state: 'limited',
  detail,
  mend,
})
export const missing = (name: string, detail: string, mend: string | null = null): DoctorCheck => ({
  name,
  state: 'missing',
  detail,
  mend,
})
