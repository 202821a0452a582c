import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { UnswapError } from '@unswap/contract'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { isPublicAddress, matchNetworks } from './ip-address.ts'

export interface GuardOptions {
  /** Private addresses or networks that may be reached nevertheless; none by default. */
  readonly allowPrivate?: readonly string[]
  /** Resolves names; the system’s by default. */
  readonly lookup?: LookupFunction
  /** Longest wait in seconds for a connection, for the headers, or for the next bytes of the body. */
  readonly seconds?: number
}

/**
 * An HTTP client that connects to public addresses only. Names are checked inside the socket's own look-up, so the
 * address that is checked is the one that is connected (no DNS rebinding). Numeric addresses are never looked up, so
 * they are checked before connecting.
 */
export function createGuardedAgent(options: GuardOptions = {}): Dispatcher {
  const allowed = matchNetworks(options.allowPrivate ?? [])
  const open = (address: string) => isPublicAddress(address) || allowed(address)
  const resolve = options.lookup ?? (systemLookup as LookupFunction)
  const lookup: LookupFunction = (host, how, done) => {
    resolve(host, { ...how, all: true }, (error, found) => {
      if (error) return done(error, '')
      const addresses = found as unknown as { address: string; family: number }[]
      const closed = addresses.find(({ address }) => !open(address))
      if (closed || addresses.length === 0) return done(blocked(host), '')
      const first = addresses[0]!
      if (how.all) done(null, addresses)
      else done(null, first.address, first.family)
    })
  }
  const milliseconds = (options.seconds ?? 20) * 1000
  const connect = buildConnector({ lookup, timeout: milliseconds, autoSelectFamily: true })
  return new Agent({
    connect: (target, done) => {
      const host = target.hostname.replace(/^\[|\]$/g, '')
      if (isIP(host) && !open(host)) return done(blocked(host), null)
      connect(target, done)
    },
    headersTimeout: milliseconds,
    bodyTimeout: milliseconds,
    maxOrigins: 64,
    pipelining: 0,
  })
}

/**
 * Throws for a URL whose host is a numeric private address; that needs no look-up.
 * @throws UnswapError `url_blocked`
 */
export function checkLiteralHost(url: URL, allowPrivate: readonly string[]): void {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isPublicAddress(host) && !matchNetworks(allowPrivate)(host)) throw blocked(host)
}

function blocked(host: string): UnswapError {
  return new UnswapError(
    'url_blocked',
    `${host} does not lead to a public address; give one that does, or upload the file.`,
  )
}

/**
 * Parses a URL that may be requested: http or https, without credentials.
 * @throws UnswapError `url_blocked`
 */
export function parseHttpUrl(given: string, base?: URL): URL {
  const url = URL.parse(given, base?.href)
  if (!url)
    throw new UnswapError(
      'url_blocked',
      'The url is not a valid address; give one that starts with https://.',
    )
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UnswapError('url_blocked', `Only http and https are fetched, not ${url.protocol}`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new UnswapError('url_blocked', 'The url carries a name or password; take it out.')
  }
  return url
}
