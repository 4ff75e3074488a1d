import type { Logger } from '@junctor/channel'
import { parseSessionKey } from '@junctor/session-key'
import type { Overflow, Store } from '@junctor/store'
import { commandTurn } from '../command-turn.ts'
import { GatewayError } from '../errors.ts'
import type { EventSink } from '../events.ts'
import type { NewId } from '../ids.ts'
import { internalBody, internalReference, type InternalMessage } from './internal-message.ts'

/** A message to put into a session. */
export interface InternalPost extends Omit<InternalMessage, 'type' | 'sentAt'> {
  /** Of the session that gets it; it begins when there is none yet. */
  readonly sessionKey: string
  /** Names the message: posted twice under one key by one origin it is one message. */
  readonly key: string
  /** More than so many waiting messages in the session, and it ends `full`. Default: any number may wait. */
  readonly mostWaiting?: number
}

/** `id` is that of the message, of the first one where it is a duplicate: what `why` takes. */
export interface PostReceipt {
  readonly status: 'accepted' | 'duplicate' | 'full'
  readonly id: string
}

/**
 * Puts a message into an agent's session that no channel brought. It is durable when this resolves, and is answered in its
 * place in the session's lane, alone in its turn. Rejects with `UNKNOWN_AGENT`, and `SessionKeyError` for a key that is none.
 */
export type Post = (message: InternalPost) => Promise<PostReceipt>

export interface PostOptions {
  readonly store: Store
  readonly isAgent: (agentId: string) => boolean
  readonly newId: NewId
  readonly now: () => number
  readonly log: Logger
  readonly events: EventSink
  /** A message waits in this lane. */
  readonly wake: (agentId: string, sessionKey: string) => void
}

export function createPost(options: PostOptions): Post {
  const { store, newId, now, log, events } = options

  return async ({ sessionKey, key, mostWaiting, ...message }) => {
    const { agentId } = parseSessionKey(sessionKey)
    if (!options.isAgent(agentId))
      throw new GatewayError(
        'UNKNOWN_AGENT',
        `There is no agent "${agentId}" to have the session ${sessionKey}.`,
      )
    const reference = internalReference(message.origin, key)
    const row = {
      id: newId('msg'),
      reference,
      sessionKey,
      body: internalBody({ ...message, sentAt: now() }),
      trace: null,
      alone: true,
    } as const
    const bound = mostWaiting === undefined ? undefined : overflowAt(mostWaiting, newId, now)
    const { status, id } = await store.agent(agentId).accept(row, bound)
    const facts = { messageId: id, agentId, sessionKey, origin: message.origin.kind }
    if (status === 'duplicate') return { status, id }
    const { channel, accountId } = reference
    if (status === 'full') {
      log.warn(facts, `refused: ${bound?.reason ?? ''}`)
      events.emit('message:refused', {
        messageId: id,
        channel,
        accountId,
        reason: bound?.reason ?? '',
      })
      return { status, id }
    }
    log.debug(facts, 'posted')
    events.emit('message:accepted', { messageId: id, channel, accountId, agentId, sessionKey })
    options.wake(agentId, sessionKey)
    return { status, id }
  }
}

/** Whoever posted it is told by the receipt. */
function overflowAt(
  mostWaiting: number,
  newId: NewId,
  now: () => number,
): Overflow & { readonly reason: string } {
  const reason = `${mostWaiting} messages wait in this session already, as many as messages.queue.cap allows`
  return {
    mostWaiting,
    reason,
    answer: () => ({
      turn: commandTurn(newId('turn'), now(), { refused: reason }),
      transcript: [],
      deliveries: [],
      outcome: { state: 'dead', reason },
    }),
  }
}
