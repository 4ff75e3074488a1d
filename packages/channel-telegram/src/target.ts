import { ChannelError, type Address, type Sent } from '@junctor/channel'

/** Where a message goes, in the parameters of every sending method. */
export interface Target {
  readonly chat_id: string
  readonly message_thread_id?: number
}

export function toTarget(
  { peer, threadId }: Address,
  movedTo: ReadonlyMap<string, string>,
): Target {
  const chat = movedTo.get(peer.id) ?? peer.id
  if (threadId === undefined) return { chat_id: chat }
  return { chat_id: chat, message_thread_id: toNumber(threadId, 'topic') }
}

export function toMessageId(nativeId: string): number {
  return toNumber(nativeId, 'message')
}

export function toSent(message: { readonly message_id: number; readonly date: number }): Sent {
  return { nativeId: String(message.message_id), sentAt: message.date * 1000 }
}

function toNumber(id: string, what: string): number {
  const value = Number(id)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new ChannelError('telegram', 'NOT_FOUND', `"${id}" is not the id of a Telegram ${what}.`)
}
