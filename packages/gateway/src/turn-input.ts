import type { Message } from '@junctor/agent'
import type { InboxMessage, KeptMessage } from '@junctor/store'
import { mailOf } from './mail.ts'
import { contextPart } from './rooms/context.ts'
import type { Writer } from './tool-policy/elevation.ts'

/** How a message came into its turn; stored with the turn, for `why`. */
export interface TracedInput {
  readonly id: string
  /** It came while the turn ran, and entered between its tool calls and the next model call. */
  readonly steered?: true
  /** Why an earlier attempt at it was given back. */
  readonly before?: string
}

/** The messages that one turn answers, as the model reads them. */
export interface TurnInput {
  /** Those that the turn began with. */
  readonly begun: readonly Message[]
  /** Takes further ones in. Answers them as the model reads them. */
  add(messages: readonly InboxMessage[]): readonly Message[]
  /** The inbox message that this very object stands for. */
  idOf(message: Message): string | undefined
  /** Who wrote them, so far. */
  writers(): readonly (Writer | undefined)[]
  trace(): readonly TracedInput[]
}

/** `kept` is what was said in the room meanwhile. */
export function createTurnInput(
  messages: readonly InboxMessage[],
  kept: readonly KeptMessage[] = [],
): TurnInput {
  const ids = new Map<Message, string>()
  const traced: TracedInput[] = []
  const writers: (Writer | undefined)[] = []

  const take = (inbox: InboxMessage, isSteered: boolean): Message => {
    const { id, reason } = inbox
    const { message: written, writer } = mailOf(inbox)
    writers.push(writer)
    const isFirst = traced.length === 0 && kept.length > 0
    const message = isFirst ? { ...written, parts: [contextPart(kept), ...written.parts] } : written
    ids.set(message, id)
    traced.push({
      id,
      ...(isSteered ? { steered: true } : {}),
      ...(reason === undefined ? {} : { before: reason }),
    })
    return message
  }

  return {
    begun: messages.map((message) => take(message, false)),
    add: (more) => more.map((message) => take(message, true)),
    idOf: (message) => ids.get(message),
    writers: () => writers,
    trace: () => traced,
  }
}
