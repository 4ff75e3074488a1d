import { labelled, type Message } from '@junctor/agent'
import type { Attachment, MessageEnvelope } from '@junctor/channel'

/**
 * A person's message as the model reads it: in rooms with who said it, with what it answers, attachments by name. What it
 * quotes of others is data, since the person did not write it. `id`: ours, by which the agent asks for attachments.
 */
export function toUserMessage(envelope: MessageEnvelope, id: string): Message {
  const { sender, peer, replyTo, attachments, text } = envelope
  const lines: string[] = []
  if (replyTo?.text !== undefined && replyTo.text !== '')
    lines.push(quote(replyTo.text, replyTo.senderId, sender.id))
  // A name is one line: nobody gets to write as somebody else.
  const writer = (sender.name ?? sender.username ?? sender.id).replaceAll(/\s+/g, ' ')
  lines.push(peer.kind === 'dm' ? text : `${writer}: ${text}`)
  for (const [index, attachment] of attachments.entries())
    lines.push(`[${describeAttachment(attachment, index, id)}]`)
  return { role: 'user', parts: [{ type: 'text', text: lines.join('\n') }] }
}

/** What an agent reads of a file, and asks for it by. `id`: ours, of its message. */
export function describeAttachment(
  { kind, name, sizeBytes }: Attachment,
  index: number,
  id: string,
): string {
  // One line, whatever its sender called it.
  const named = name === undefined ? '' : ` ${JSON.stringify(name)}`
  const size = sizeBytes === undefined ? '' : `, ${sizeBytes} bytes`
  return `${kind}${named}${size}, attachment ${index + 1} of ${id}`
}

function quote(text: string, writerId: string | undefined, senderId: string): string {
  if (writerId === senderId) return text.replaceAll(/^/gm, '> ')
  const writer = writerId === undefined ? '' : ` by ${writerId}`
  return labelled(`the message${writer} that the following one answers`, text)
}
