import { readFileSync } from 'node:fs'
import { getCompileCacheDir } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { UnswapError } from '@unswap/contract'
import Value from 'typebox/value'
import { type Config, ConfigSchema, listSettings, type Setting } from './config.ts'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')

export interface ConfigSources {
  /** Environment variables; by default those of the process, and `.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Values that override all others. */
  readonly overrides?: PartialDeep<Config>
}
type PartialDeep<T> = {
  [K in keyof T]?: T[K] extends readonly unknown[] ? T[K] : T[K] extends object ? PartialDeep<T[K]> : T[K]
}

/**
 * Merges defaults ← file (`UNSWAP_CONFIG`, JSON) ← environment ← overrides; the result is checked and frozen.
 * Relative paths count from the root of Unswap, so that every command finds the same data.
 * @throws UnswapError `config_invalid`, naming each wrong setting
 */
export function loadConfig(sources: ConfigSources = {}): Readonly<Config> {
  const environment = sources.environment ?? processEnvironment()
  const merged = Value.Default(ConfigSchema, {}) as Record<string, unknown>
  if (environment.UNSWAP_CONFIG) merge(merged, readFile(resolve(environment.UNSWAP_CONFIG)))
  for (const setting of listSettings()) {
    const value = readVariable(environment, setting.variable)
    if (value !== undefined && value !== '') put(merged, setting.path, parseVariable(value, setting.schema))
  }
  merge(merged, (sources.overrides ?? {}) as Record<string, unknown>)
  const wrong = Value.Errors(ConfigSchema, merged)
  if (wrong.length > 0) throw new UnswapError('config_invalid', explain(wrong))
  const config = merged as Config
  if (config.access.oidcIssuer !== '' && config.access.oidcAudience === '') {
    const [variable, issuer] = ['UNSWAP_ACCESS_OIDC_AUDIENCE', 'UNSWAP_ACCESS_OIDC_ISSUER']
    throw new UnswapError(
      'config_invalid',
      `Set ${variable} beside ${issuer}: without one, tokens that were made for others would be taken.`,
    )
  }
  for (const name of ['dataDir', 'modelsDir', 'webDir'] as const) config[name] = resolve(ROOT, config[name])
  return freeze(config)
}

/** Variables that start with `UNSWAP_` but belong to no setting; likely misspelt. */
export function unknownVariables(environment = processEnvironment()): string[] {
  const known = new Set(listSettings().flatMap(({ variable }) => [variable, `${variable}_FILE`]))
  known.add('UNSWAP_CONFIG')
  return Object.keys(environment).filter((name) => name.startsWith('UNSWAP_') && !known.has(name))
}

/** Makes glibc use 2 MB pages: mapping memory for pictures and tensors then costs a fraction of the time. */
const LARGE_PAGES = 'glibc.malloc.hugetlb=1'

/** The environment of an analysing process: what native code needs, and no address, password or key. */
export function childEnvironment(): Record<string, string> {
  const wanted =
    /^(PATH|HOME|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|SystemRoot|LD_LIBRARY_PATH|CUDA_\w+|NVIDIA_\w+|OMP_\w+|GLIBC_TUNABLES)$/
  const named = Object.entries(process.env).filter(
    ([name, value]) => wanted.test(name) && value !== undefined,
  )
  const cache = getCompileCacheDir()
  return {
    GLIBC_TUNABLES: LARGE_PAGES,
    ...(Object.fromEntries(named) as Record<string, string>),
    ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }),
  }
}

function processEnvironment(): Record<string, string | undefined> {
  let file = {}
  try {
    file = parseEnv(readFileSync(resolve(ROOT, '.env'), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return { ...file, ...process.env }
}

function readFile(path: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  } catch (cause) {
    throw new UnswapError('config_invalid', `The configuration file ${path} cannot be read as JSON.`, {
      cause,
    })
  }
}

/**
 * The value of a variable, or the content of the file that `<variable>_FILE` names. Secrets in files do not show in
 * process lists.
 */
function readVariable(environment: Record<string, string | undefined>, name: string): string | undefined {
  const file = environment[`${name}_FILE`]
  if (file === undefined || file === '') return environment[name]
  if (environment[name])
    throw new UnswapError('config_invalid', `Set either ${name} or ${name}_FILE, not both.`)
  try {
    return readFileSync(resolve(file), 'utf8').trim()
  } catch (cause) {
    throw new UnswapError('config_invalid', `The file ${file} of ${name}_FILE cannot be read.`, { cause })
  }
}

function parseVariable(value: string, schema: Setting['schema']): unknown {
  if (schema.type === 'integer' || schema.type === 'number')
    return value.trim() === '' ? value : Number(value)
  if (schema.type === 'boolean') {
    if (/^(true|1|yes|on)$/i.test(value)) return true
    return /^(false|0|no|off)$/i.test(value) ? false : value
  }
  if (schema.type === 'array')
    return value
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean)
  return value
}

function explain(errors: readonly { instancePath: string; message: string }[]): string {
  const lines = errors.map(({ instancePath, message }) => {
    const path = instancePath.slice(1).split('/')
    const setting = listSettings().find((known) => known.path.every((part, index) => part === path[index]))
    return `${path.join('.')}${setting ? ` (${setting.variable})` : ''} ${message}`
  })
  return `The configuration is wrong: ${[...new Set(lines)].join('; ')}.`
}

function put(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) target[first] = value
  else put(target[first] as Record<string, unknown>, rest, value)
}

function merge(target: Record<string, unknown>, source: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(source)) {
    if (value === undefined) continue
    const inner = target[key]
    const both = [inner, value].every((one) => typeof one === 'object' && one !== null && !Array.isArray(one))
    if (both) merge(inner as Record<string, unknown>, value as Record<string, unknown>)
    else target[key] = value
  }
}

function freeze<T extends object>(value: T): Readonly<T> {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) freeze(inner)
  return Object.freeze(value)
}
