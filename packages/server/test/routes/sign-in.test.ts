import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Session } from '@unswap/contract'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runTestService, type TestService } from '../running/test-service.ts'

const CLIENT = 'unswap-page'
let running: TestService
let issuer: Server
let address = ''

beforeAll(async () => {
  issuer = createServer()
  await new Promise<void>((done) => issuer.listen(0, '127.0.0.1', done))
  address = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`
  running = await runTestService({
    work: false,
    listen: true,
    config: { access: { anonymous: 'never', oidcIssuer: address, oidcClientId: CLIENT } },
  })
  const provider = new Provider(address, {
    clients: [
      {
        client_id: CLIENT,
        token_endpoint_auth_method: 'none',
        redirect_uris: [`${running.url}/api/v1/session/callback`],
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'roles'] },
    conformIdTokenClaims: false,
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, name: `${sub} of the newsroom`, roles: ['read'] }),
    }),
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ['of this test'] },
  })
  issuer.on('request', provider.callback())
})
afterAll(async () => {
  await running.close()
  issuer.close()
})

/** As much of a browser as signing in takes: cookies by origin, redirects, and the forms of the issuer. */
function browser() {
  const jars = new Map<string, Map<string, string>>()
  const go = async (url: string, form?: Record<string, string>): Promise<Response> => {
    const { origin } = new URL(url)
    const jar = jars.get(origin) ?? new Map<string, string>()
    jars.set(origin, jar)
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      if (value === '') jar.delete(name!)
      else jar.set(name!, value!)
    }
    return answer
  }
  return { go, cookies: (origin: string) => jars.get(origin) ?? new Map<string, string>() }
}

/** Follows where it is led, and fills in the forms that it meets, until it is back; the address it came back with. */
async function untilBack({ go }: ReturnType<typeof browser>, start: string): Promise<string> {
  let url = start
  let form: Record<string, string> | undefined
  for (let step = 0; step < 12; step++) {
    if (url.startsWith(`${running.url}/api/v1/session/callback`)) return url
    const answer = await go(url, form)
    form = undefined
    if (answer.status === 200) {
      const page = await answer.text()
      url = new URL(/<form[^>]* action="([^"]+)"/.exec(page)![1]!, url).href
      form = page.includes('value="login"')
        ? { prompt: 'login', login: 'alice', password: 'anything' }
        : { prompt: 'consent' }
    } else {
      url = new URL(answer.headers.get('location')!, url).href
    }
  }
  throw new Error(`lost at ${url}`)
}

const sessionOf = async ({ go }: ReturnType<typeof browser>) =>
  (await (await go(`${running.url}/api/v1/session`)).json()) as Session

test('a person signs in at the issuer, comes back with a session and what the issuer grants', async () => {
  const person = browser()
  expect(await sessionOf(person)).toMatchObject({ kind: 'none', oidc: { issuer: address, signIn: true } })
  const back = await untilBack(person, `${running.url}/api/v1/session/start`)
  const arrived = await person.go(back)
  expect([arrived.status, arrived.headers.get('location')]).toEqual([303, '/'])
  const session = arrived.headers.getSetCookie().find((cookie) => cookie.startsWith('unswap_session='))
  expect(session).toMatch(/HttpOnly/)
  expect(session).toMatch(/SameSite=Strict/)
  expect(await sessionOf(person)).toMatchObject({
    kind: 'user',
    name: 'alice of the newsroom',
    scopes: ['read'],
  })
  expect((await person.go(`${running.url}/api/v1/analyses`)).status).toBe(200)

  // the same return does not count twice
  expect((await person.go(back)).headers.get('location')).toBe('/sign-in?failed=true')
})

test('a return that this browser did not set out for signs nobody in', async () => {
  const thief = browser()
  const victim = browser()
  const back = await untilBack(thief, `${running.url}/api/v1/session/start`)
  const inOther = async (url: string) => {
    const answer = await victim.go(url)
    expect(answer.headers.get('location')).toBe('/sign-in?failed=true')
    expect(victim.cookies(running.url).has('unswap_session')).toBe(false)
  }
  await inOther(back)
  await victim.go(`${running.url}/api/v1/session/start`)
  await inOther(back)
  await inOther(`${running.url}/api/v1/session/callback`)
  await inOther(`${running.url}/api/v1/session/callback?error=access_denied&state=x`)
})

test('an issuer that is down is said to be, and a service without one has no such page', async () => {
  const lone = await runTestService({
    work: false,
    config: { access: { oidcIssuer: 'http://127.0.0.1:9', oidcClientId: CLIENT } },
  })
  const start = await lone.app.inject({ url: '/api/v1/session/start' })
  expect([start.statusCode, start.headers.location]).toEqual([303, '/sign-in?failed=true'])
  await lone.close()
  const without = await runTestService({ work: false })
  for (const path of ['start', 'callback']) {
    const answer = await without.app.inject({ url: `/api/v1/session/${path}` })
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'not_found'])
  }
  await without.close()
})
