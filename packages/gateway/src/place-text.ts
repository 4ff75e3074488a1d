import type { AddressKey } from '@junctor/store'

/** `dm 7 on telegram/family` */
export function placeText({ channel, accountId, peer, threadId }: AddressKey): string {
  const thread = threadId === undefined ? '' : `, thread ${threadId}`
  return `${peer.kind} ${peer.id}${thread} on ${channel}/${accountId}`
}
