import { lookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { ToolError } from '../errors.ts'
import { compileHostList } from './host-list.ts'
import { isPublicAddress } from './public-address.ts'

export interface NetworkOptions {
  /** Hosts that may be reached though they are not on the public internet, see `compileHostList`. */
  readonly privateHosts: readonly string[]
  /** Finds the addresses of a name. Default: as the system does. */
  readonly resolve?: ResolveName
}

export type ResolveName = (name: string) => Promise<readonly string[]>

/** Where a tool may connect to. */
export interface GuardedNetwork {
  /** The addresses of a host, every one of which may be connected to. Throws `ToolError` `REFUSED`. */
  resolve(host: string, port: number): Promise<readonly [string, ...string[]]>
  /**
   * Makes every connection through `resolve`, to the very addresses that it answered: a name that means another host a moment
   * later leads nowhere else. Close it when the request is over.
   */
  dispatcher(options: { readonly connectTimeoutMs: number }): Dispatcher
}

export function createGuardedNetwork(
  tool: string,
  { privateHosts, resolve = resolveAsSystem }: NetworkOptions,
): GuardedNetwork {
  const isListed = compileHostList(privateHosts)
  const refused = (host: string, port: number, meaning: string): ToolError =>
    new ToolError(
      tool,
      'REFUSED',
      `${host}:${port} ${meaning}, which is not on the public internet. Only hosts in tools.web.fetch.privateHosts may be reached there.`,
    )

  const resolveAllowed: GuardedNetwork['resolve'] = async (host, port) => {
    const literal = isIP(host) !== 0
    const [first, ...others] = literal ? [host] : await resolve(host)
    if (first === undefined) throw new ToolError(tool, 'UNREACHABLE', `There is no host "${host}".`)
    if (!isListed(host, port))
      for (const address of [first, ...others])
        if (!isPublicAddress(address) && !isListed(address, port))
          throw refused(host, port, literal ? 'is an address' : `is at ${address}`)
    return [first, ...others]
  }

  const connect = async (
    options: buildConnector.Options,
    timeout: number,
    callback: buildConnector.Callback,
  ): Promise<void> => {
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80)
    try {
      const addresses = await resolveAllowed(options.hostname, port)
      buildConnector({ timeout, lookup: lookupIn(addresses) })(options, callback)
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), null)
    }
  }

  return {
    resolve: resolveAllowed,
    dispatcher: ({ connectTimeoutMs }) =>
      new Agent({
        connect: (options, callback) => void connect(options, connectTimeoutMs, callback),
      }),
  }
}

/** Answers what is known already, whoever is asked for. */
function lookupIn(addresses: readonly [string, ...string[]]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_host, { all }, callback) => {
    if (all === true) callback(null, found)
    else callback(null, addresses[0], isIP(addresses[0]))
  }
}

async function resolveAsSystem(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true })
  return found.map(({ address }) => address)
}
