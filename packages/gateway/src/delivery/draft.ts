import type { Address, Logger } from '@junctor/channel'
import { JunctorError } from '@junctor/errors'
import type { Draft } from '@junctor/store'
import type { OpenConnection } from '../account.ts'
import { endedBy } from '../patience.ts'
import { splitMarkdown } from './split-markdown.ts'

export interface LiveDraftOptions {
  readonly agentId: string
  readonly address: Address
  readonly replyTo?: string
  readonly target: OpenConnection | undefined
  /** What an earlier, lost attempt left on the platform. */
  readonly left?: Draft
  /** Write down what is on the platform, before and after the first send. */
  readonly note: (draft: Draft) => Promise<void>
  readonly idempotencyKey: string
  readonly log: Logger
  readonly now: () => number
  readonly signal: AbortSignal
}

/** The message that shows an answer while the model writes it. */
export interface LiveDraft {
  /** The whole text so far. Shown when the platform's edit interval allows. */
  update(text: string): void
  /** Stop showing. Answers the native id of the message that stands on the platform, if there is one. */
  finish(): Promise<string | undefined>
}

/** Text that arrives faster than this is not worth a draft: the answer is posted whole. */
const LONGEST_QUIET_MS = 1_000
/** The end of a turn waits for a call under way, but no longer than this. */
const LONGEST_CALL_MS = 10_000

export function createLiveDraft(options: LiveDraftOptions): LiveDraft {
  const { address, target, log, now, signal } = options
  const edit = target?.channel.capabilities.edit
  let nativeId = options.left?.nativeId
  if (target === undefined || edit === undefined || edit === false)
    return { update() {}, finish: () => Promise.resolve(nativeId) }

  const { connection, channel } = target
  const interval = edit.minIntervalMs
  const limit = channel.capabilities.maxTextLength
  let wanted = ''
  let shown = ''
  let isStale = false
  let nextAt: number | undefined
  let timer: NodeJS.Timeout | undefined
  let showing: Promise<void> | undefined
  let isOver = false

  const show = async (): Promise<void> => {
    isStale = false
    const [text = ''] = splitMarkdown(wanted, limit)
    if (text === '' || text === shown) return
    const message = { text, format: 'markdown' as const, agentId: options.agentId }
    const patience = AbortSignal.timeout(LONGEST_CALL_MS)
    const call = {
      idempotencyKey: options.idempotencyKey,
      signal: AbortSignal.any([signal, patience]),
    }
    if (nativeId !== undefined) {
      const edited = connection.edit?.(address, nativeId, message, call)
      if (edited !== undefined) await endedBy(edited, call.signal)
    } else {
      await options.note({ address })
      const reply = options.replyTo === undefined ? {} : { replyTo: options.replyTo }
      const sending = connection.send(address, { ...message, ...reply }, call)
      nativeId = (await endedBy(sending, call.signal)).nativeId
      await options.note({ address, nativeId })
    }
    shown = text
  }

  const schedule = (): void => {
    if (isOver || timer !== undefined || showing !== undefined) return
    nextAt ??= now() + Math.min(interval, LONGEST_QUIET_MS)
    timer = setTimeout(
      () => {
        timer = undefined
        showing = show().then(shownOnce, failedOnce)
      },
      Math.max(0, nextAt - now()),
    )
  }

  const shownOnce = (): void => {
    showing = undefined
    nextAt = now() + interval
    if (isStale) schedule()
  }

  const failedOnce = (error: unknown): void => {
    showing = undefined
    const retryAfterMs = JunctorError.isInstance(error) ? error.retryAfterMs : undefined
    log.debug({ error: String(error) }, 'a draft could not be shown')
    // Without a wait from the platform the draft ends here: the committed answer replaces or follows it.
    if (retryAfterMs === undefined) isOver = true
    else nextAt = now() + retryAfterMs
  }

  return {
    update(text) {
      wanted = text
      isStale = true
      schedule()
    },
    async finish() {
      isOver = true
      clearTimeout(timer)
      await showing
      return nativeId
    },
  }
}
