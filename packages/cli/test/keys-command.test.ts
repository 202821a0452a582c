import { expect, test } from 'vitest'
import { emptyFolder, unswap } from './run-command.ts'

test('a key is made, listed without its secret, and revoked', async () => {
  const env = { UNSWAP_DATA_DIR: await emptyFolder() }
  const made = await unswap(
    ['keys', 'create', '--name', 'first', '--scope', 'admin', '--expires-in-days', '30'],
    { env },
  )
  expect([made.exitCode, made.stdout]).toEqual([0, expect.stringMatching(/^usk_[\w-]{43}$/)])
  const listed = await unswap(['keys', 'list', '--json'], { env })
  const [key] = JSON.parse(listed.stdout)
  expect(key).toMatchObject({ name: 'first', scopes: ['admin'], revokedAt: null })
  expect(listed.stdout).not.toContain(made.stdout)
  expect((await unswap(['keys', 'revoke', key.id], { env })).exitCode).toBe(0)
  expect((await unswap(['keys', 'list'], { env })).stdout).toMatch('revoked')
})

test('wrong usage and unknown keys are told apart from success', async () => {
  const env = { UNSWAP_DATA_DIR: await emptyFolder() }
  expect((await unswap(['keys', 'create'], { env })).exitCode).toBe(2)
  expect((await unswap(['keys', 'create', '--name', 'x', '--scope', 'root'], { env })).exitCode).toBe(2)
  const unknown = await unswap(['keys', 'revoke', 'nothing'], { env })
  expect(unknown.exitCode).not.toBe(0)
  expect(unknown.stderr).toMatch('no key nothing')
})
