import type { Address, Logger, SendOptions } from '@junctor/channel'
import { hasCode, JunctorError } from '@junctor/errors'
import type { Draft } from '@junctor/store'
import type { OpenConnection } from '../account.ts'
import { endedBy } from '../patience.ts'

export interface DraftMessageOptions {
  readonly agentId: string
  readonly address: Address
  readonly replyTo?: string
  /** Platform id of the person who is answered. */
  readonly recipientId?: string
  readonly target: OpenConnection
  /** What an earlier, lost attempt left on the platform. */
  readonly left?: Draft
  /** Write down what is on the platform, before and after the first send. */
  readonly note: (draft: Draft) => Promise<void>
  /** Of the delivery that the draft becomes: where the platform knows keys, both are one message. */
  readonly id: string
  readonly log: Logger
  readonly signal: AbortSignal
}

/** What became of a draft. */
export interface ShownDraft {
  readonly id: string
  /** Of the message that stands on the platform, if it is known. */
  readonly nativeId?: string
  /** How many sends may have left a message there that nobody knows the id of. */
  readonly lost: number
}

/** The one message that a draft is on the platform: a stream where the platform has them, edited otherwise. */
export interface DraftMessage {
  /** Of the message that stands there; undefined while there is none. */
  readonly nativeId: string | undefined
  readonly lost: number
  /** The shortest time between two calls of `show`. */
  readonly intervalMs: number
  /** Post the text, or turn what stands there into it. One call at a time. */
  show(text: string): Promise<void>
  /** The last call. Ends a stream with this text where it can still become it. Never rejects. */
  finish(text: string): Promise<void>
}

/** The end of a turn waits for a call under way, but no longer than this. */
const LONGEST_CALL_MS = 10_000

export function createDraftMessage(options: DraftMessageOptions): DraftMessage {
  const { address, agentId, log } = options
  const { connection, channel } = options.target
  const { edit, stream = false } = channel.capabilities
  let nativeId = options.left?.nativeId
  /** Undefined once it has turned out that this message is no stream. What was left behind is changed by edits alone. */
  let streams = stream === false || nativeId !== undefined ? undefined : connection.stream
  let shown = ''
  // Where the platform knows the key, a send that is repeated finds the message of the first.
  const isFindable = channel.capabilities.idempotentSend && stream === false
  const { left } = options
  let lost =
    isFindable || left === undefined ? 0 : (left.lost ?? 0) + (left.nativeId === undefined ? 1 : 0)

  const callOptions = (): SendOptions => {
    const patience = AbortSignal.timeout(LONGEST_CALL_MS)
    const signal = AbortSignal.any([options.signal, patience])
    return { idempotencyKey: options.id, signal }
  }

  const post = async (text: string): Promise<string> => {
    const call = callOptions()
    const reply = options.replyTo === undefined ? {} : { replyTo: options.replyTo }
    const message = { text, format: 'markdown' as const, agentId, ...reply }
    if (streams !== undefined)
      try {
        const { recipientId } = options
        const reader = recipientId === undefined ? {} : { recipientId }
        const begun = streams.begin(address, message, { ...call, ...reader })
        return (await endedBy(begun, call.signal)).nativeId
      } catch (error) {
        if (!hasCode(error, 'UNSUPPORTED')) throw error
        streams = undefined
      }
    return (await endedBy(connection.send(address, message, call), call.signal)).nativeId
  }

  const postOnce = async (text: string): Promise<string> => {
    try {
      return await post(text)
    } catch (error) {
      if (!isFindable && mayBePosted(error)) lost += 1
      throw error
    }
  }

  const note = (known: { readonly nativeId?: string }): Promise<void> =>
    options.note({ address, ...known, ...(lost > 0 ? { lost } : {}) })

  const change = async (id: string, text: string): Promise<void> => {
    const call = callOptions()
    // What a stream shows cannot be taken back: an edit ends it, and the draft goes on by edits.
    if (streams !== undefined && !text.startsWith(shown)) streams = undefined
    if (streams !== undefined)
      try {
        const added = streams.append(address, id, text.slice(shown.length), call)
        return await endedBy(added, call.signal)
      } catch (error) {
        if (hasCode(error, 'RATE_LIMITED')) throw error
        log.debug({ error: String(error) }, 'a draft is no longer streamed')
        streams = undefined
      }
    const edited = connection.edit?.(address, id, { text, format: 'markdown', agentId }, call)
    if (edited !== undefined) await endedBy(edited, call.signal)
  }

  return {
    get nativeId() {
      return nativeId
    },
    get lost() {
      return lost
    },
    get intervalMs() {
      const pace = streams === undefined ? edit : stream
      return pace === false ? 0 : pace.minIntervalMs
    },
    async show(text) {
      if (nativeId === undefined) {
        await note({})
        nativeId = await postOnce(text)
        await note({ nativeId })
      } else await change(nativeId, text)
      shown = text
    },
    async finish(text) {
      if (nativeId === undefined || streams === undefined) return
      const rest = text.startsWith(shown) ? text.slice(shown.length) : ''
      const call = callOptions()
      const finished = streams.finish(address, nativeId, rest, call)
      // A stream that stays open, for whatever reason, ends with the edit that sets the committed text.
      await endedBy(finished, call.signal).catch((error: unknown) =>
        log.debug({ error: String(error) }, 'a stream could not be finished'),
      )
    },
  }
}

/** Every other code says that the platform did not take it. */
function mayBePosted(error: unknown): boolean {
  return !JunctorError.isInstance(error) || hasCode(error, 'UNKNOWN')
}
