import type { Message } from '@junctor/agent'
import type { MessageEnvelope } from '@junctor/channel'

/** A person's message as the model reads it: in rooms with who said it, with what it answers, attachments by name. */
export function toUserMessage(envelope: MessageEnvelope): Message {
  const { sender, peer, replyTo, attachments, text } = envelope
  const lines: string[] = []
  if (replyTo?.text !== undefined && replyTo.text !== '')
    lines.push(...replyTo.text.split('\n').map((line) => `> ${line}`))
  // A name is one line: nobody gets to write as somebody else.
  const writer = (sender.name ?? sender.username ?? sender.id).replaceAll(/\s+/g, ' ')
  lines.push(peer.kind === 'dm' ? text : `${writer}: ${text}`)
  for (const { kind, name, sizeBytes } of attachments)
    lines.push(
      `[${kind}${name === undefined ? '' : ` "${name}"`}${sizeBytes === undefined ? '' : `, ${sizeBytes} bytes`}]`,
    )
  return { role: 'user', parts: [{ type: 'text', text: lines.join('\n') }] }
}
