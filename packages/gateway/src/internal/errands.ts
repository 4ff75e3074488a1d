import type { Logger } from '@junctor/channel'
import { hasCode } from '@junctor/errors'
import { parseSessionKey } from '@junctor/session-key'
import type { JsonValue, Store } from '@junctor/store'
import { toJson } from '../envelopes.ts'
import type { Answers, MessageEnd } from './answers.ts'
import type { InternalPost, Post, PostReceipt } from './post.ts'

/** A message, and what is to happen when it has ended. Plain JSON. */
export interface Errand<Next> {
  readonly post: InternalPost
  readonly next: Next
}

/**
 * Messages that lead to something. Written down before they are posted, and forgotten after what follows is done: over a
 * crash in between both happen again, under the same keys.
 */
export interface Errands<Next> {
  /** Rejects as `post` does. */
  begin(errand: Errand<Next>): Promise<PostReceipt>
  /** What follows in this session is still to come. */
  isUnderWay(sessionKey: string): boolean
  /** A turn has ended in this session. */
  turnEnded(sessionKey: string): void
  /** The agent is being removed: what its messages were to lead to is told that they failed. */
  drop(agentId: string): Promise<void>
  /** Go on with what a missed event or a dead process left. */
  sweep(): Promise<void>
  idle(): Promise<void>
}

export interface ErrandsOptions<Next> {
  readonly store: Store
  /** Of the table that they are kept in. */
  readonly name: string
  readonly post: Post
  readonly answers: Answers
  /** Must come to the same when it is called again for the same errand. */
  readonly ended: (errand: Errand<Next>, end: MessageEnd, messageId: string) => Promise<void>
  readonly log: Logger
}

export function createErrands<Next extends object>(options: ErrandsOptions<Next>): Errands<Next> {
  const { store, post, answers, log } = options
  const table = store.gateway.table(options.name)
  /** Those under way that this process knows of, with the message's id. */
  const known = new Map<string, { readonly errand: Errand<Next>; readonly messageId: string }>()
  const looking = new Map<string, Promise<void>>()

  const send = async (key: string, errand: Errand<Next>): Promise<PostReceipt> => {
    const receipt = await post(errand.post)
    if (receipt.status === 'full') await table.remove(key)
    else known.set(key, { errand, messageId: receipt.id })
    return receipt
  }

  /** What another process has begun, or an earlier one. */
  const takeUp = async (key: string): Promise<void> => {
    const entry = await table.get(key)
    if (entry === undefined) return
    const errand = parseErrand<Next>(entry.value)
    try {
      await send(key, errand)
    } catch (error) {
      if (!hasCode(error, 'UNKNOWN_AGENT')) throw error
      await fail(key, errand, error.message)
    }
  }

  const fail = async (key: string, errand: Errand<Next>, reason: string): Promise<void> => {
    const messageId = known.get(key)?.messageId ?? ''
    await options.ended(errand, { outcome: 'failed', text: '', reason }, messageId)
    known.delete(key)
    await table.remove(key)
  }

  const conclude = async (key: string): Promise<void> => {
    const found = known.get(key)
    if (found === undefined) return
    const { errand, messageId } = found
    const end = await answers.of(agentOf(errand), messageId)
    if (end === undefined) return
    await options.ended(errand, end, messageId)
    known.delete(key)
    await table.remove(key)
  }

  /** One look at a time for each; what a look that runs may have missed the sweep finds. */
  const look = (key: string): Promise<void> => {
    const running = looking.get(key)
    if (running !== undefined) return running
    const run = conclude(key)
      .catch((error: unknown) => {
        log.error({ key, error: String(error) }, `${options.name}: what follows is put off`)
      })
      .finally(() => looking.delete(key))
    looking.set(key, run)
    return run
  }

  return {
    async begin(errand) {
      const { key } = errand.post
      await table.put(key, toJson(errand), { version: 0 })
      const receipt = await send(key, errand).catch(async (error: unknown) => {
        // Nobody will ever have it.
        if (hasCode(error, 'UNKNOWN_AGENT')) await table.remove(key)
        throw error
      })
      if (receipt.status === 'duplicate') void look(key)
      return receipt
    },
    isUnderWay: (sessionKey) =>
      [...known.values()].some(({ errand }) => errand.post.sessionKey === sessionKey),
    turnEnded(sessionKey) {
      for (const [key, { errand }] of known)
        if (errand.post.sessionKey === sessionKey) void look(key)
    },
    async drop(agentId) {
      for (const key of await table.list()) {
        const entry = await table.get(key)
        const errand = entry && parseErrand<Next>(entry.value)
        if (errand !== undefined && agentOf(errand) === agentId)
          await fail(key, errand, `Agent "${agentId}" was removed.`)
      }
    },
    async sweep() {
      for (const key of await table.list()) {
        if (!known.has(key)) await takeUp(key)
        await look(key)
      }
    },
    async idle() {
      await Promise.all(looking.values())
    },
  }
}

function agentOf({ post: { sessionKey } }: Errand<unknown>): string {
  return parseSessionKey(sessionKey).agentId
}

/** Only `begin` writes to the table. */
function parseErrand<Next>(value: JsonValue): Errand<Next> {
  return value as unknown as Errand<Next>
}
