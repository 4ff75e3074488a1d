import type { Envelope, Logger } from '@junctor/channel'
import type { Store } from '@junctor/store'
import type { Verdict } from './admission.ts'
import { referenceOf, withoutText } from './envelopes.ts'
import type { EventSink } from './events.ts'
import type { NewId } from './ids.ts'
import type { Snapshot } from './snapshot.ts'

export interface RefusalsOptions {
  readonly store: Store
  readonly newId: NewId
  readonly now: () => number
  readonly log: Logger
  readonly events: EventSink
}

/** Writes down why nobody answers a message, without what it says. */
export type Refuse = (
  envelope: Envelope,
  verdict: Verdict,
  snapshot: Snapshot,
) => Promise<'refused'>

/** One noisy chat pushes out its own refusals before those of others. */
const KEPT = { keep: 10_000, keepPerPeer: 200 }

export function createRefusals({ store, newId, now, log, events }: RefusalsOptions): Refuse {
  return async (envelope, { rule, reason }, snapshot) => {
    const id = newId('ref')
    const { channel, accountId, nativeId } = envelope
    const refused = {
      id,
      reference: referenceOf(envelope),
      at: now(),
      reason,
      trace: { revision: snapshot.revision, rule, envelope: withoutText(envelope) },
    }
    const outcome = await store.gateway.refuse(refused, KEPT)
    if (outcome === 'duplicate') return 'refused'
    const facts = { messageId: id, channel, accountId, nativeId, rule }
    // What people say among themselves in a room is no news.
    if (rule === 'requireMention') log.debug(facts, `not answered: ${reason}`)
    else log.info(facts, `refused: ${reason}`)
    events.emit('message:refused', { messageId: id, channel, accountId, reason })
    return 'refused'
  }
}
