import { toUnswapError } from '@unswap/contract'
import fc from 'fast-check'
import Value from 'typebox/value'
import { afterEach, expect, test, vi } from 'vitest'
import { ConfigSchema, listSettings } from '../src/config.ts'
import { childEnvironment, loadConfig } from '../src/environment.ts'

afterEach(() => void vi.unstubAllEnvs())

const variables = listSettings().map(({ variable }) => variable)
const value = fc.oneof(
  fc.string(),
  fc.integer().map(String),
  fc.double().map(String),
  fc.constantFrom('true', 'off', 'NaN', '1e999', '-0', '[]', '{', 'a,,b', ' ', '\0', '__proto__'),
)

test('whatever the variables say: a configuration that its schema allows, or an error that names a setting', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...variables), value, { maxKeys: 5 }), (environment) => {
      try {
        const config = loadConfig({ environment })
        expect([...Value.Errors(ConfigSchema, config)]).toEqual([])
        expect(Object.isFrozen(config)).toBe(true)
      } catch (thrown) {
        const { code, message } = toUnswapError(thrown)
        expect(code).toBe('config_invalid')
        expect(Object.keys(environment).some((name) => message.includes(name))).toBe(true)
      }
    }),
  )
})

test('a process that analyses is told no secret, and to use large pages unless the operator says otherwise', () => {
  vi.stubEnv('UNSWAP_DATABASE_URL', 'postgres://unswap:secret@localhost/unswap')
  vi.stubEnv('OMP_NUM_THREADS', '2')
  vi.stubEnv('GLIBC_TUNABLES', undefined)
  expect(childEnvironment()).toMatchObject({
    OMP_NUM_THREADS: '2',
    GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
  })
  expect(JSON.stringify(childEnvironment())).not.toContain('secret')
  vi.stubEnv('GLIBC_TUNABLES', 'glibc.malloc.hugetlb=0')
  expect(childEnvironment()).toMatchObject({ GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0' })
})
