import { encodeSegment } from '@junctor/session-key'
import { RouterError } from './errors.ts'
import { show } from './rules.ts'

/** Channel → peer id → the person's name, ready to stand in a session key. */
export type IdentityIndex = ReadonlyMap<string, ReadonlyMap<string, string>>

export function indexIdentityLinks(
  links: Readonly<Record<string, readonly string[]>> | undefined,
): IdentityIndex {
  const index = new Map<string, Map<string, string>>()
  for (const [name, accounts] of Object.entries(links ?? {})) {
    for (const account of accounts) addLink(index, name, account)
  }
  return index
}

function addLink(index: Map<string, Map<string, string>>, name: string, account: string): void {
  const colon = account.indexOf(':')
  const channel = account.slice(0, Math.max(colon, 0)).trim().toLowerCase()
  const peerId = account.slice(colon + 1)
  const where = `session.identityLinks[${show(name)}]`
  if (name.trim() === '' || channel === '' || peerId.trim() === '') {
    throw new RouterError(
      'INVALID_IDENTITY_LINK',
      `${where} has ${show(account)}; write "<channel>:<peer id>", as in "telegram:123".`,
    )
  }
  const peers = index.get(channel) ?? new Map<string, string>()
  index.set(channel, peers)
  const person = encodeSegment(name)
  const known = peers.get(peerId)
  if (known !== undefined && known !== person) {
    throw new RouterError(
      'INVALID_IDENTITY_LINK',
      `${where} and another person both have ${show(account)}. Give it to one of them.`,
    )
  }
  peers.set(peerId, person)
}
