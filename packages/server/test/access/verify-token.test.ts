import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { createTokenVerifier } from '../../src/access/verify-token.ts'
import { loadConfig } from '../../src/environment.ts'

const ISSUER = 'http://issuer.example'

test('an issuer that does not answer with its keys is no fault of the token', async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  let keys: object | null = null
  const other = createServer((_request, reply) => {
    reply.statusCode = keys === null ? 500 : 200
    reply.setHeader('content-type', 'application/json').end(JSON.stringify(keys))
  })
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
  const oidcJwksUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}/keys`
  const overrides = { access: { oidcIssuer: ISSUER, oidcAudience: 'us', oidcJwksUrl } }
  const { access } = loadConfig({ environment: {}, overrides })
  let now = 0
  const verify = createTokenVerifier(access, () => now)!
  const sign = (alg: string, key: Parameters<SignJWT['sign']>[0], kid = 'one') =>
    new SignJWT({})
      .setProtectedHeader({ alg, kid })
      .setSubject('ann')
      .setIssuer(ISSUER)
      .setAudience('us')
      .setExpirationTime('1h')
      .sign(key)
  const good = await sign('RS256', privateKey)
  await expect(verify(good)).rejects.toMatchObject({ code: 'overloaded' })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }
  keys = { keys: [jwk] }
  // It is left alone for a moment.
  now += 10_000
  expect(await verify(good)).toMatchObject({ id: 'user:ann' })
  await expect(verify(await sign('RS256', privateKey, 'two'))).rejects.toMatchObject({ code: 'unauthorized' })
  // The public key is no secret: what it signs as a shared one is nobody's token.
  const confused = await sign('HS256', Buffer.from(JSON.stringify(jwk)))
  await expect(verify(confused)).rejects.toMatchObject({ code: 'unauthorized' })
  other.close()
})
