import { expect, test } from 'vitest'
import { isLoopback, isPublicAddress, matchNetworks } from '../../src/fetch/ip-address.ts'

const CLOSED = `
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.1.2.3
169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1
192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1
255.255.255.255 168.63.129.16
:: ::1 ::2 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:8.8.8.8
::ffff:0:127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::8.8.8.8 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2001:20::1
2001:10::1 2002:7f00:1::1 2002:808:808::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fdff::1 fe80::1 fe80::1%eth0
febf::1 fec0::1 ff02::1 ff0e::1 4000::1 abcd::1 8000::1
`
  .trim()
  .split(/\s+/)
const OPEN =
  '1.1.1.1 8.8.8.8 93.184.216.34 172.32.0.1 100.63.255.255 100.128.0.1 192.0.1.1 198.20.0.1 223.255.255.255 2606:4700::1111 2a00:1450:4001::1'.split(
    ' ',
  )

test.each(CLOSED)('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false))
test.each(OPEN)('%s is public', (address) => expect(isPublicAddress(address)).toBe(true))
test.each(['', 'localhost', '1.1.1', '1.1.1.1.1', '::g', '1.1.1.1/8'])('%j is no address', (text) =>
  expect(isPublicAddress(text)).toBe(false),
)

test('a list holds addresses and networks, and knows IPv4 inside IPv6', () => {
  const inside = matchNetworks(['10.0.0.0/8', '127.0.0.1', 'fd00::/8'])
  expect(['10.9.9.9', '127.0.0.1', '::ffff:127.0.0.1', 'fd00::1'].map(inside)).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect(['11.0.0.0', '127.0.0.2', 'fe80::1', 'nonsense'].map(inside)).toEqual([false, false, false, false])
})

test('loopback is this machine alone', () => {
  expect(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'].every(isLoopback)).toBe(true)
  expect(['10.0.0.1', '0.0.0.0', '::', '8.8.8.8'].some(isLoopback)).toBe(false)
})
