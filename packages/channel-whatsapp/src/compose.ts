import type { Outbound } from '@junctor/channel'
import type { Content, ContextInfo } from './baileys.ts'
import { whatsAppError } from './errors.ts'
import type { History } from './history.ts'
import { maxTextLength } from './limits.ts'
import { toWhatsAppMarks } from './markdown.ts'

/** The text as it is shown. Throws `TOO_LARGE`. */
export function formatText({ text, format }: Pick<Outbound, 'text' | 'format'>): string {
  const clean = text.toWellFormed()
  if (clean.length > maxTextLength) {
    throw whatsAppError(
      'TOO_LARGE',
      `the text has ${clean.length} characters, more than the ${maxTextLength} of one message; send it in several.`,
    )
  }
  if (format === 'plain') return clean
  const marked = toWhatsAppMarks(clean)
  // Addresses of links that are named once and used often can outgrow the source.
  return marked.length > maxTextLength ? clean : marked
}

export function textContent(text: string, contextInfo: ContextInfo | undefined): Content {
  if (!contextInfo) return { conversation: text }
  return { extendedTextMessage: { text, contextInfo } }
}

export interface Quotation {
  readonly nativeId: string
  /** The id of the conversation, and its address. */
  readonly peerId: string
  readonly jid: string
  readonly isGroup: boolean
  /** The account's own address. */
  readonly me: string
}

/** The arrow to the message that this one answers. Phones show the text that comes with it, so it is what was really said. */
export function quote(
  { nativeId, peerId, jid, isGroup, me }: Quotation,
  history: History,
): ContextInfo | undefined {
  const own = history.sent(nativeId)
  if (own) return { stanzaId: nativeId, participant: me, quotedMessage: own.content }
  const received = history.received(peerId, nativeId)
  if (received) {
    const quotedMessage = { conversation: received.text }
    return { stanzaId: nativeId, participant: received.author, quotedMessage }
  }
  // Without its writer the arrow cannot be drawn; in a direct chat that is the other one.
  if (isGroup) return undefined
  return { stanzaId: nativeId, participant: jid, quotedMessage: { conversation: '' } }
}
