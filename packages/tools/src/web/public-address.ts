import { BlockList, isIP, isIPv4 } from 'node:net'

/**
 * Whether an address belongs to the public internet. Everything else is somebody's own: loopback, private and shared
 * networks, link-local addresses with the metadata services of clouds behind them, multicast, and the spellings of an IPv4
 * address inside an IPv6 one (mapped, translated, 6to4, Teredo), which lead to all of these.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !special4.check(address)
  return isIP(address) === 6 && global6.check(address, 'ipv6') && !special6.check(address, 'ipv6')
}

/** IANA's registry of special-purpose IPv4 addresses, multicast, the reserved rest, and a cloud's service at a public address. */
const special4 = blockList('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
])
/** The only part of IPv6 that is handed out, and the special parts of it. */
const global6 = blockList('ipv6', ['2000::/3'])
const special6 = blockList('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'])

function blockList(family: 'ipv4' | 'ipv6', ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/')
    list.addSubnet(network, Number(prefix), family)
  }
  return list
}
