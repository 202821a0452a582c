import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSigner } from '../../detector/test/media/credentials/signer.ts'
import { emptyFolder, testdata, unswap } from './run-command.ts'

test('content credentials are shown, and trusted with a list alone', async () => {
  const folder = await emptyFolder()
  const signer = await createSigner(folder)
  const media = join(folder, 'signed.jpg')
  await writeFile(media, await signer.sign('image/jpeg', await readFile(testdata('real/grace_hopper.jpg'))))
  const plain = await unswap(['analyze', media, '--no-color'])
  expect(plain.stdout).toMatch(/Content credentials: Unaltered.*Test camera.*not trusted/)
  const list = join(folder, 'authority.pem')
  const { exitCode, stdout } = await unswap(['analyze', media, '--json', '--trust-list', list])
  expect(exitCode).toBe(0)
  const sha256 = createHash('sha256').update(signer.authority).digest('hex')
  expect(JSON.parse(stdout).contentCredentials).toMatchObject({
    state: 'valid',
    trust: 'trusted',
    trustList: sha256,
  })
  const wrong = await unswap(['analyze', media, '--trust-list', join(folder, 'leaf.ext')])
  expect([wrong.exitCode, wrong.stderr]).toEqual([5, expect.stringContaining('PEM')])
})
