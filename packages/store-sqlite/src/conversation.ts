import type { AddressKey, AgentStore, ConversationEntry } from '@junctor/store'
import { threadKey } from './address.ts'
import type { Context } from './context.ts'
import { findPeer } from './peers.ts'
import {
  DELIVERY_SELECT,
  INBOX_SELECT,
  toDelivery,
  toInboxMessage,
  type DeliveryRow,
  type InboxRow,
} from './rows.ts'

export function readConversation(
  { database }: Context,
  address: AddressKey,
  { limit, before = Number.MAX_VALUE }: Parameters<AgentStore['conversation']>[1],
): readonly ConversationEntry[] {
  const peer = findPeer(database, address)
  if (peer === undefined || limit < 1) return []
  const thread = threadKey(address)
  const received = database.all<InboxRow>(
    `${INBOX_SELECT} WHERE peer_no = ? AND thread = ? AND accepted_at < ?
     ORDER BY accepted_at DESC, seq DESC LIMIT ?`,
    peer,
    thread,
    before,
    limit,
  )
  const sent = database.all<DeliveryRow & { readonly sent_at: number }>(
    `${DELIVERY_SELECT} WHERE peer_no = ? AND thread = ? AND state = 'sent' AND sent_at < ?
     ORDER BY sent_at DESC, seq DESC LIMIT ?`,
    peer,
    thread,
    before,
    limit,
  )
  return newest(
    received.map((row) => ({ at: row.accepted_at, entry: row })),
    sent.map((row) => ({ at: row.sent_at, entry: row })),
    limit,
  )
}

interface Dated<Row> {
  readonly at: number
  readonly entry: Row
}

/** Both lists newest first; the answer oldest first. A message goes before an answer of the same millisecond. */
function newest(
  received: readonly Dated<InboxRow>[],
  sent: readonly Dated<DeliveryRow>[],
  limit: number,
): readonly ConversationEntry[] {
  const entries: ConversationEntry[] = []
  let nextReceived = 0
  let nextSent = 0
  while (entries.length < limit) {
    const message = received[nextReceived]
    const delivery = sent[nextSent]
    if (delivery !== undefined && (message === undefined || delivery.at >= message.at)) {
      entries.push({ type: 'out', at: delivery.at, delivery: toDelivery(delivery.entry) })
      nextSent += 1
    } else if (message !== undefined) {
      entries.push({ type: 'in', at: message.at, message: toInboxMessage(message.entry) })
      nextReceived += 1
    } else break
  }
  return entries.toReversed()
}
