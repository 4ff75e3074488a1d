import type { Logger } from '@junctor/channel'
import type { Draft } from '@junctor/store'
import type { OpenConnection } from '../account.ts'
import type { Mail } from '../mail.ts'
import type { ShownDraft } from './draft-message.ts'
import { createLiveDraft, leftDraft } from './draft.ts'
import { showTyping } from './typing.ts'

export interface ShowAnswerOptions {
  readonly mail: Pick<Mail, 'answerTo' | 'isWatched'>
  readonly agentId: string
  readonly connection: (channel: string, accountId: string) => OpenConnection | undefined
  /** An earlier answer is still on its way: a draft must not overtake it. */
  readonly isDelivering: boolean
  /** The draft that a lost attempt left on the platform. */
  readonly left: Draft | undefined
  readonly note: (draft: Draft) => Promise<void>
  /** Of the delivery that the answer becomes. */
  readonly id: string
  readonly log: Logger
  readonly now: () => number
  /** Ends the typing sign. */
  readonly typingSignal: AbortSignal
  readonly signal: AbortSignal
}

/** What people see of an answer while it is made. */
export interface ShownAnswer {
  /** The whole text so far. */
  update(text: string): void
  /** Answers what became of it. */
  finish(): Promise<ShownDraft>
  /** Shows nothing more. */
  close(): Promise<void>
}

export function showAnswer(options: ShowAnswerOptions): ShownAnswer {
  const { mail, left, typingSignal, connection, isDelivering, ...rest } = options
  const { answerTo, isWatched } = mail
  if (answerTo === undefined)
    return { update() {}, finish: async () => leftDraft(options.id, left), close: async () => {} }
  const target = connection(answerTo.address.channel, answerTo.address.accountId)
  const draft = createLiveDraft({
    ...rest,
    ...answerTo,
    target: isDelivering || !isWatched ? undefined : target,
    ...(left === undefined ? {} : { left }),
  })
  const typing = showTyping({ ...answerTo, target, signal: typingSignal })
  return {
    update: (text) => draft.update(text),
    finish: () => draft.finish(),
    async close() {
      typing.stop()
      await draft.abandon()
    },
  }
}
