import { Buffer } from 'node:buffer'
import type { Baileys, Content } from './baileys.ts'
import type { Journal } from './journal.ts'

/** What is remembered of a message that came in: enough to quote it, react to it, and know whose it is. */
export interface Received {
  /** The writer's address as it came. */
  readonly author: string
  readonly isOwn: boolean
  readonly text: string
}

/** A message of this account: enough to send it again to a phone that could not read it. */
export interface SentMessage {
  readonly content: Content
  /** Milliseconds since 1970. */
  readonly sentAt: number
  readonly isRemoved: boolean
}

/** The last messages of an account, in both directions. They outlive a restart, and the oldest make room. */
export interface History {
  noteReceived(chat: string, id: string, message: Received): void
  received(chat: string, id: string): Received | undefined
  noteSent(id: string, message: SentMessage): void
  sent(id: string): SentMessage | undefined
}

const MOST = 1000
const MOST_TEXT = 500

/** What this file wrote: an order number and the value. */
type Entry<Value> = readonly [number, Value]
type StoredSent = Omit<SentMessage, 'content'> & { readonly content: string }

export function createHistory(journal: Journal, baileys: Baileys): History {
  const received = createRing<Received>(journal, 'in/')
  const sent = createRing<StoredSent>(journal, 'out/')
  const { Message } = baileys.proto

  return {
    noteReceived: (chat, id, message) =>
      received.put(`${chat}/${id}`, { ...message, text: message.text.slice(0, MOST_TEXT) }),
    received: (chat, id) => received.get(`${chat}/${id}`),
    noteSent: (id, message) =>
      sent.put(id, {
        ...message,
        content: Buffer.from(Message.encode(message.content).finish()).toString('base64'),
      }),
    sent(id) {
      const entry = sent.get(id)
      return entry && { ...entry, content: Message.decode(Buffer.from(entry.content, 'base64')) }
    },
  }
}

interface Ring<Value> {
  put(key: string, value: Value): void
  get(key: string): Value | undefined
}

function createRing<Value>(journal: Journal, prefix: string): Ring<Value> {
  const read = (key: string): Entry<Value> | undefined => {
    const text = journal.get(prefix + key)
    return text === undefined ? undefined : (JSON.parse(text) as Entry<Value>)
  }
  const order = journal
    .keys(prefix)
    .map((key) => key.slice(prefix.length))
    .map((key) => ({ key, number: read(key)?.[0] ?? 0 }))
    .sort((one, other) => one.number - other.number)
  let last = order.at(-1)?.number ?? 0
  const queue = new Set(order.map(({ key }) => key))

  return {
    put(key, value) {
      last += 1
      queue.delete(key)
      queue.add(key)
      journal.add(prefix + key, JSON.stringify([last, value]))
      const [oldest] = queue
      if (queue.size <= MOST || oldest === undefined) return
      queue.delete(oldest)
      journal.add(prefix + oldest, null)
    },
    get: (key) => read(key)?.[1],
  }
}
