import { isIP } from 'node:net'

/** Says whether a host is one of a list, under the name that was asked for or the address that it has. */
export type HostList = (host: string, port: number) => boolean

/**
 * Entries are names (`wiki.corp.example`), names with everything below them (`*.corp.example`) and addresses (`10.0.0.5`,
 * `fd00::5`), each with or without a port (`10.0.0.5:8080`, `[fd00::5]:8080`).
 */
export function compileHostList(entries: readonly string[]): HostList {
  const compiled = entries.map(compileEntry)
  return (host, port) => compiled.some((fits) => fits(canonicalHost(host), port))
}

function compileEntry(entry: string): HostList {
  const [, written = entry, digits] =
    isIP(entry) === 6 ? [] : (/^(.*?)(?::(\d{1,5}))?$/.exec(entry.trim()) ?? [])
  const name = canonicalHost(written)
  const isHost = name.startsWith('*.')
    ? (host: string) => host.endsWith(name.slice(1)) && isIP(host) === 0
    : (host: string) => host === name
  return (host, port) => isHost(host) && (digits === undefined || Number(digits) === port)
}

/** One spelling for each: IPv6 without brackets and as short as it gets, names in lower case without the root's dot. */
function canonicalHost(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  const spelled = isIP(bare) === 6 ? `http://[${bare}]` : `http://${bare}`
  const parsed = URL.canParse(spelled) ? new URL(spelled).hostname : bare.toLowerCase()
  return parsed.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
}
