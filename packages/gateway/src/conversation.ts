import type { Address } from '@junctor/channel'
import type { ConversationEntry, DeliveryState, InboxState, Store } from '@junctor/store'
import { HANDED_OVER } from './availability/unavailable.ts'
import { textOf } from './envelopes.ts'

interface ItemBase {
  /** Ours: what `why` takes. */
  readonly messageId: string
  readonly nativeId?: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly text: string
  readonly agentId: string
  /** Why it was given up or not delivered. */
  readonly reason?: string
}

/** One message of a conversation, whoever wrote it. */
export type ConversationItem =
  | (ItemBase & { readonly direction: 'in'; readonly state: InboxState })
  | (ItemBase & { readonly direction: 'out'; readonly state: DeliveryState })

/** What one conversation partner wrote and was sent, over all agents, oldest first. */
export async function readConversation(
  store: Store,
  agentIds: readonly string[],
  address: Address,
  { limit, before }: { readonly limit: number; readonly before?: string },
): Promise<readonly ConversationItem[]> {
  const lists = await Promise.all(
    agentIds.map(async (agentId) => {
      const agent = store.agent(agentId)
      const end = before === undefined ? undefined : await timeOf(store, agentIds, before)
      const window = end === undefined ? { limit } : { limit, before: end }
      const entries = await agent.conversation(address, window)
      return entries.filter((entry) => !isHandedOver(entry)).map((entry) => toItem(entry, agentId))
    }),
  )
  return lists
    .flat()
    .sort((a, b) => a.at - b.at)
    .slice(-limit)
}

async function timeOf(
  store: Store,
  agentIds: readonly string[],
  id: string,
): Promise<number | undefined> {
  for (const agentId of agentIds)
    for (const { message, deliveries } of await store.agent(agentId).find(id)) {
      const delivery = deliveries.find((each) => each.id === id)
      return delivery === undefined ? message.acceptedAt : (delivery.sentAt ?? delivery.createdAt)
    }
  return undefined
}

/** The agent that has it now shows it. */
function isHandedOver(entry: ConversationEntry): boolean {
  return entry.type === 'in' && entry.message.reason?.startsWith(HANDED_OVER) === true
}

function toItem(entry: ConversationEntry, agentId: string): ConversationItem {
  if (entry.type === 'in') {
    const { id, reference, state, body, reason } = entry.message
    return {
      direction: 'in',
      messageId: id,
      nativeId: reference.nativeId,
      at: entry.at,
      text: textOf(body, 'text'),
      agentId,
      state,
      ...(reason === undefined ? {} : { reason }),
    }
  }
  const { id, nativeId, state, body, error } = entry.delivery
  return {
    direction: 'out',
    messageId: id,
    ...(nativeId === undefined ? {} : { nativeId }),
    at: entry.at,
    text: textOf(body, 'text'),
    agentId,
    state,
    ...(error === undefined ? {} : { reason: error }),
  }
}
