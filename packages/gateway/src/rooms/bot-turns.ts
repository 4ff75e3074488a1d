import type { MessageEnvelope } from '@junctor/channel'
import type { Store, Table } from '@junctor/store'

/**
 * Turns in a row that bots began in a room, over all accounts and agents in it. Bots that answer each other stop there. In a
 * direct conversation with a bot no person can speak: its turns are free again an hour after the last.
 */
export interface BotTurns {
  /** Takes one of `most` turns; false when all are taken. */
  take(envelope: MessageEnvelope, most: number): Promise<boolean>
  /** The turn did not begin after all. */
  giveBack(envelope: MessageEnvelope): Promise<void>
  /** A person spoke: all turns are free again. Seen through a second account, a message counts once. */
  personSpoke(envelope: MessageEnvelope): Promise<void>
}

interface Count {
  readonly turns: number
  /** The newest message of a person, as every account sees it. */
  readonly spoken: string
}

const HOUR_MS = 60 * 60_000
const NONE: Count = { turns: 0, spoken: '' }

export function createBotTurns(store: Store): BotTurns {
  const table = store.gateway.table('bot-turns')

  return {
    async take(envelope, most) {
      let isTaken = false
      await change(table, envelope, (count) => {
        isTaken = count.turns < most
        return isTaken ? { ...count, turns: count.turns + 1 } : count
      })
      return isTaken
    },
    giveBack: (envelope) =>
      change(table, envelope, (count) => ({ ...count, turns: Math.max(0, count.turns - 1) })),
    personSpoke: ({ sender, sentAt, ...envelope }) => {
      const spoken = JSON.stringify([sender.id, sentAt])
      return change(table, envelope, (count) =>
        // Without a turn to free there is nothing to write.
        count.turns === 0 || count.spoken === spoken ? count : { turns: 0, spoken },
      )
    },
  }
}

async function change(
  table: Table,
  place: Pick<MessageEnvelope, 'channel' | 'accountId' | 'peer'>,
  to: (count: Count) => Count,
): Promise<void> {
  const key = keyOf(place)
  const ttl = place.peer.kind === 'dm' ? { ttlMs: HOUR_MS } : {}
  for (;;) {
    const entry = await table.get(key)
    const before = entry === undefined ? NONE : (entry.value as unknown as Count)
    const { turns, spoken } = to(before)
    if (turns === before.turns && spoken === before.spoken) return
    if (await table.put(key, { turns, spoken }, { version: entry?.version ?? 0, ...ttl })) return
  }
}

/** A room is one, whatever account looks at it; direct conversations of two accounts are two. */
function keyOf({
  channel,
  accountId,
  peer,
}: Pick<MessageEnvelope, 'channel' | 'accountId' | 'peer'>): string {
  return JSON.stringify([channel, peer.kind === 'dm' ? accountId : null, peer.id])
}
