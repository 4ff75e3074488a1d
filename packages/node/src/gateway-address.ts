import { NodeError } from './errors.ts'
import { connectPath } from './protocol.ts'

/**
 * The address of the socket of a gateway. Throws `INVALID_NODE` for what is no address, and `INSECURE_GATEWAY` for one that
 * would send the token over a network for all to read, unless that is asked for.
 */
export function socketAddress(gateway: string, { insecure = false } = {}): URL {
  const url = URL.canParse(gateway) ? new URL(gateway) : undefined
  if (url === undefined || !/^(?:http|ws)s?:$/.test(url.protocol))
    throw new NodeError(
      'INVALID_NODE',
      `${JSON.stringify(gateway)} is not the address of a gateway: write https://host:port`,
    )
  const isSecure = url.protocol === 'https:' || url.protocol === 'wss:'
  if (!isSecure && !insecure && !isLoopback(url.hostname))
    throw new NodeError(
      'INSECURE_GATEWAY',
      `${gateway} is not encrypted, and whoever reads the traffic could take this node's place: use https, or --insecure where the network itself is safe (a VPN)`,
    )
  const address = new URL(url)
  address.protocol = isSecure ? 'wss:' : 'ws:'
  address.username = ''
  address.password = ''
  address.pathname = `${url.pathname.replace(/\/+$/, '')}${connectPath}`
  address.search = ''
  address.hash = ''
  return address
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}
