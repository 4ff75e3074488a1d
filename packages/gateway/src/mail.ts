import { labelled, type Message } from '@junctor/agent'
import type { Address, MessageEnvelope } from '@junctor/channel'
import type { PromptPlace } from '@junctor/runtime'
import type { InboxMessage } from '@junctor/store'
import { addressOf, parseEnvelope } from './envelopes.ts'
import {
  describeOrigin,
  parseInternal,
  type Causation,
  type InternalMessage,
} from './internal/internal-message.ts'
import type { Writer } from './tool-policy/elevation.ts'
import { toUserMessage } from './user-message.ts'

/** Where the answer to a message goes. */
export interface AnswerTo {
  readonly address: Address
  /** The person on whose behalf it is answered. */
  readonly recipientId: string
  /** Native id of the message that the answer replies to. */
  readonly replyTo?: string
}

/** A message of the mailbox as a turn sees it, whoever brought it. */
export interface Mail {
  /** As the model reads it. */
  readonly message: Message
  /** Undefined: nobody is sent an answer, it stands in the transcript. */
  readonly answerTo: AnswerTo | undefined
  /** A person waits for the answer and sees it being written. */
  readonly isWatched: boolean
  /** Where the agent speaks, for its prompt. */
  readonly place: PromptPlace
  readonly causation: Causation
  /** Undefined: no person did. */
  readonly writer: Writer | undefined
  /** What an agent that fails did not do, as the person is told. */
  readonly asked: string
  /** What of an answer is sent. */
  toSend(answer: string): string
}

/** With this as its answer an agent tells nobody anything. */
export const SKIP = 'ANNOUNCE_SKIP'

export function mailOf({ id, body }: Pick<InboxMessage, 'id' | 'body'>): Mail {
  const root = { rootId: id, parentId: id, hops: 0 }
  const internal = parseInternal(body)
  return internal === undefined
    ? { ...channelMail(parseEnvelope(body), id), causation: root }
    : { ...internalMail(internal), causation: internal.causation ?? root }
}

function channelMail(envelope: MessageEnvelope, id: string): Omit<Mail, 'causation'> {
  const { channel, peer, nativeId, sender } = envelope
  return {
    message: toUserMessage(envelope, id),
    answerTo: {
      address: addressOf(envelope),
      recipientId: sender.id,
      // In a room it must be visible which message is answered.
      ...(peer.kind === 'dm' ? {} : { replyTo: nativeId }),
    },
    isWatched: true,
    writer: { channel, senderId: sender.id },
    place: { channel, kind: peer.kind },
    asked: 'answer this message',
    toSend: (answer) => answer,
  }
}

function internalMail(message: InternalMessage): Omit<Mail, 'causation'> {
  const { answerTo, origin, text, data } = message
  const lines = [text, ...(data === undefined ? [] : [labelled(describeOrigin(origin), data)])]
  return {
    message: { role: 'user', parts: [{ type: 'text', text: lines.join('\n\n') }] },
    answerTo,
    isWatched: false,
    writer: undefined,
    place:
      answerTo === undefined
        ? {}
        : { channel: answerTo.address.channel, kind: answerTo.address.peer.kind },
    asked: `go on with what came from ${describeOrigin(origin)}`,
    toSend: (answer) => (answer.trim() === SKIP ? '' : answer),
  }
}
