import { labelled, type TextPart } from '@junctor/agent'
import type { MessageEnvelope } from '@junctor/channel'
import type { KeptMessage } from '@junctor/store'
import { parseEnvelope } from '../envelopes.ts'
import { describeAttachment } from '../user-message.ts'

/** Of one message, in UTF-16 code units: what nobody asked to be read must not crowd out what somebody did. */
const LONGEST_TEXT = 2_000
const LONGEST_CONTEXT = 30_000

const ORIGIN =
  'this room: said since you were last asked, and not to you; oldest first, one JSON object a line'

/** The message as it is kept for a turn to know of. */
export function asContext(envelope: MessageEnvelope): MessageEnvelope {
  return { ...envelope, text: cut(envelope.text) }
}

/**
 * What was said in a room since the agent was last asked. Each message is a line of JSON: whatever somebody writes, it cannot
 * pass for the end of the list, nor for words of anybody else.
 */
export function contextPart(kept: readonly KeptMessage[]): TextPart {
  const lines: string[] = []
  let length = 0
  for (const { id, body } of kept.toReversed()) {
    const line = lineOf(parseEnvelope(body), id)
    length += line.length
    if (length > LONGEST_CONTEXT) {
      lines.push(`{"omitted":"${kept.length - lines.length} older messages"}`)
      break
    }
    lines.push(line)
  }
  return { type: 'text', text: labelled(ORIGIN, lines.toReversed().join('\n')) }
}

function lineOf(
  { sender, sentAt, text, attachments, replyTo }: MessageEnvelope,
  id: string,
): string {
  return JSON.stringify({
    at: new Date(sentAt).toISOString(),
    from: sender.name ?? sender.username ?? sender.id,
    id: sender.id,
    ...(sender.isBot ? { bot: true } : {}),
    text,
    ...(replyTo?.text === undefined ? {} : { inReplyTo: cut(replyTo.text) }),
    ...(attachments.length === 0
      ? {}
      : { attachments: attachments.map((each, index) => describeAttachment(each, index, id)) }),
  })
}

function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`
}
