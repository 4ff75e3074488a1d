import type { Baileys, Message } from './baileys.ts'
import { openMedia, type MediaKind, type MediaStore } from './media.ts'

/** A message as the phones of a conversation show it. Deleted ones are gone. */
export interface WhatsAppShown {
  readonly id: string
  /** Who wrote it, as digits; `self` for the account, from whichever device. */
  readonly from: string
  readonly text: string
  /** Earlier texts, oldest first. */
  readonly history: readonly string[]
  readonly replyTo?: string
  /** The text that the reply shows of the message it answers. */
  readonly quotedText?: string
  /** Addresses that the message calls. */
  readonly mentions: readonly string[]
  readonly reactions: readonly string[]
  readonly file?: WhatsAppFile
}

export interface WhatsAppFile {
  readonly kind: MediaKind
  readonly name?: string
  readonly mediaType: string
  readonly data: Uint8Array
}

/** Who wrote what to whom, after decryption. */
export interface Written {
  /** Digits of a person, or the id of a group. */
  readonly chat: string
  readonly id: string
  readonly from: string
  readonly message: Message
}

/** The conversations of one account. One message per id, however often it arrives: that is what the apps do. */
export interface Chats {
  write(written: Written): Promise<void>
  shown(chat: string): readonly WhatsAppShown[]
}

interface Entry {
  shown: WhatsAppShown
  readonly reactions: Map<string, string>
}

export function createChats(baileys: Baileys, media: MediaStore): Chats {
  const chats = new Map<string, Map<string, Entry>>()

  const entriesOf = (chat: string): Map<string, Entry> => {
    const known = chats.get(chat) ?? new Map<string, Entry>()
    chats.set(chat, known)
    return known
  }

  return {
    async write({ chat, id, from, message }) {
      const entries = entriesOf(chat)
      const content = baileys.normalizeMessageContent(message) ?? {}
      const { reactionMessage, protocolMessage } = content
      const target = entries.get(reactionMessage?.key?.id ?? protocolMessage?.key?.id ?? '')
      const { MESSAGE_EDIT, REVOKE } = baileys.proto.Message.ProtocolMessage.Type
      if (reactionMessage) {
        target?.reactions.set(from, reactionMessage.text ?? '')
      } else if (protocolMessage?.type === REVOKE) {
        entries.delete(protocolMessage.key?.id ?? '')
      } else if (protocolMessage?.type === MESSAGE_EDIT) {
        // Only the author's edit counts, and the apps leave a message that is gone where it is.
        if (target?.shown.from !== from) return
        const { text, history } = target.shown
        const edited = baileys.normalizeMessageContent(protocolMessage.editedMessage ?? undefined)
        target.shown = { ...target.shown, text: textOf(edited), history: [...history, text] }
      } else if (!protocolMessage && !entries.has(id)) {
        const shown = await toShown({ chat, id, from, message: content }, baileys, media)
        if (shown) entries.set(id, { shown, reactions: new Map() })
      }
    },
    shown: (chat) =>
      [...(chats.get(chat)?.values() ?? [])].map(({ shown, reactions }) => ({
        ...shown,
        reactions: [...reactions.values()].filter((emoji) => emoji !== ''),
      })),
  }
}

/** Nothing for messages that carry keys only. */
async function toShown(
  { id, from, message }: Written,
  baileys: Baileys,
  media: MediaStore,
): Promise<WhatsAppShown | undefined> {
  const file = await fileOf(message, baileys, media)
  const text = textOf(message)
  if (!file && text === '') return undefined
  const context = contextOf(message)
  const quoted = context?.quotedMessage
  return {
    id,
    from,
    text,
    history: [],
    ...(context?.stanzaId ? { replyTo: context.stanzaId } : {}),
    ...(quoted ? { quotedText: textOf(baileys.normalizeMessageContent(quoted)) } : {}),
    mentions: context?.mentionedJid ?? [],
    reactions: [],
    ...(file ? { file } : {}),
  }
}

async function fileOf(
  message: Message,
  baileys: Baileys,
  media: MediaStore,
): Promise<WhatsAppFile | undefined> {
  for (const kind of ['image', 'video', 'audio', 'document', 'sticker'] as const) {
    const pointer = message[`${kind}Message`]
    if (!pointer) continue
    const name = 'fileName' in pointer ? pointer.fileName : undefined
    return {
      kind,
      mediaType: pointer.mimetype ?? '',
      ...(name ? { name } : {}),
      data: await openMedia(baileys, media, kind, pointer),
    }
  }
  return undefined
}

function textOf(message: Message | undefined): string {
  return (
    message?.conversation ??
    message?.extendedTextMessage?.text ??
    message?.imageMessage?.caption ??
    message?.videoMessage?.caption ??
    message?.documentMessage?.caption ??
    ''
  )
}

function contextOf(message: Message): NonNullable<Message['extendedTextMessage']>['contextInfo'] {
  return (
    message.extendedTextMessage?.contextInfo ??
    message.imageMessage?.contextInfo ??
    message.videoMessage?.contextInfo ??
    message.audioMessage?.contextInfo ??
    message.documentMessage?.contextInfo
  )
}
