import type { AddressKey } from '@junctor/store'

type PeerParts = readonly [
  channel: string,
  accountId: string,
  kind: AddressKey['peer']['kind'],
  id: string,
]

/** One text for each (channel, account, kind, id), whatever characters they contain. */
export function peerKey({ channel, accountId, peer }: AddressKey): string {
  return JSON.stringify([channel, accountId, peer.kind, peer.id] satisfies PeerParts)
}

/** Empty without a thread; a thread whose id is empty is another one. */
export function threadKey({ threadId }: AddressKey): string {
  return threadId === undefined ? '' : JSON.stringify(threadId)
}

export function toAddress(peer: string, thread: string): AddressKey {
  const [channel, accountId, kind, id] = JSON.parse(peer) as PeerParts
  return {
    channel,
    accountId,
    peer: { kind, id },
    ...(thread === '' ? {} : { threadId: JSON.parse(thread) as string }),
  }
}
