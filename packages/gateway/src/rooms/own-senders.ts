import type { Envelope } from '@junctor/channel'
import type { Store } from '@junctor/store'

/** Who our accounts are for others on their platforms. Not every platform says of a sender that it is a bot. */
export interface OwnSenders {
  /** An account saw a message of its own. */
  note(envelope: Envelope): Promise<void>
  /** The same envelope, with its sender as a bot where it is one of our accounts. */
  mark<Event extends Envelope>(envelope: Event): Promise<Event>
}

export function createOwnSenders(store: Store): OwnSenders {
  const table = store.gateway.table('own-senders')
  let known: Promise<Set<string>> | undefined
  const load = (): Promise<Set<string>> => {
    known ??= table.list().then((keys) => new Set(keys))
    known.catch(() => (known = undefined))
    return known
  }

  return {
    async note(envelope) {
      const senders = await load()
      const key = keyOf(envelope)
      if (senders.has(key)) return
      await table.put(key, true)
      senders.add(key)
    },
    async mark(envelope) {
      if (envelope.sender.isBot || !(await load()).has(keyOf(envelope))) return envelope
      return { ...envelope, sender: { ...envelope.sender, isBot: true } }
    },
  }
}

function keyOf({ channel, sender }: Envelope): string {
  return JSON.stringify([channel, sender.id])
}
