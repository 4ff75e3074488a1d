import { labelled, type Message } from '@junctor/agent'
import type { MessageEnvelope } from '@junctor/channel'

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
  for (const [index, { kind, name, sizeBytes }] of attachments.entries()) {
    const size = sizeBytes === undefined ? '' : `, ${sizeBytes} bytes`
    // So is the name of a file.
    const named = name === undefined ? '' : ` ${JSON.stringify(name)}`
    lines.push(`[${kind}${named}${size}, attachment ${index + 1} of ${id}]`)
  }
  return { role: 'user', parts: [{ type: 'text', text: lines.join('\n') }] }
}

function quote(text: string, writerId: string | undefined, senderId: string): string {
  if (writerId === senderId) return text.replaceAll(/^/gm, '> ')
  const writer = writerId === undefined ? '' : ` by ${writerId}`
  return labelled(`the message${writer} that the following one answers`, text)
}
