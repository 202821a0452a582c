import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** The version of Unswap, as reports, the API and the command tell it. */
export const VERSION: string = manifest.version
