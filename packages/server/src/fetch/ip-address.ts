import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * Blocks that count as unicast but do not lead to the public Internet: cloud metadata, relays, documentation,
 * translation.
 */
const CLOSED = [
  '168.63.129.16/32',
  '192.0.0.0/24',
  '192.88.99.0/24',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
].map((block) => ipaddr.parseCIDR(block))

const GLOBAL_V6 = ipaddr.parseCIDR('2000::/3')

const within = (address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: [ipaddr.IPv4 | ipaddr.IPv6, number]) =>
  address.kind() === network.kind() && address.match(network, bits)

/**
 * Whether an address is on the public Internet, by the IANA special-purpose registries. IPv4 inside IPv6 (mapped,
 * translated, 6to4) is always refused: no public service is reachable that way only.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast') return false
  if (parsed.kind() === 'ipv6' && !within(parsed, GLOBAL_V6)) return false
  return !CLOSED.some((block) => within(parsed, block))
}

/**
 * Whether an address is in a list of addresses and networks (`10.0.0.0/8`, `127.0.0.1`). Mapped IPv4 counts as IPv4.
 */
export function matchNetworks(list: readonly string[]): (address: string) => boolean {
  const blocks = list.map((entry) => {
    if (entry.includes('/')) return ipaddr.parseCIDR(entry)
    const one = ipaddr.process(entry)
    return [one, one.kind() === 'ipv4' ? 32 : 128] as [ipaddr.IPv4 | ipaddr.IPv6, number]
  })
  return (address) => {
    if (isIP(address) === 0) return false
    const parsed = ipaddr.process(address)
    return blocks.some((block) => within(parsed, block))
  }
}

/**
 * The network by which callers are counted: an IPv4 address itself, in one notation, and the /64 of an IPv6 address.
 * One IPv6 customer has 2^64 addresses.
 */
export function networkOf(address: string): string {
  if (isIP(address) === 0) return address
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return `${new ipaddr.IPv6([...parsed.toByteArray().slice(0, 8), ...Array(8).fill(0)])}/64`
}

/** Whether an address is loopback: 127.0.0.0/8, ::1, or the former mapped into IPv6. */
export const isLoopback = (address: string): boolean =>
  isIP(address) !== 0 && ipaddr.process(address).range() === 'loopback'
