import type { Envelope, EnvelopeBase, Reference } from '@junctor/channel'
import { personId, type NumberOf } from './addresses.ts'
import type { Baileys, Content, ContextInfo, Credentials } from './baileys.ts'
import { readAttachments, readContext, readText } from './content.ts'
import type { History } from './history.ts'
import type { Outside } from './stanza.ts'

export interface EnvelopeSource {
  readonly baileys: Baileys
  readonly accountId: string
  readonly me: NonNullable<Credentials['me']>
  readonly history: History
  readonly numberOf: NumberOf
  /** Whether somebody may delete the messages of others in a group. */
  readonly isAdmin: (group: string, author: string) => Promise<boolean>
}

/** What one message means for a conversation; nothing for what apps tell each other. */
export async function toEnvelope(
  outside: Outside,
  message: Content,
  source: EnvelopeSource,
): Promise<Envelope | undefined> {
  const { baileys } = source
  const content = baileys.normalizeMessageContent(message) ?? {}
  const base = await readBase(outside, source)
  const { reactionMessage, protocolMessage } = content
  if (reactionMessage) {
    const emoji = reactionMessage.text ?? ''
    const targetId = reactionMessage.key?.id
    if (!targetId) return undefined
    return { type: 'reaction', ...base, targetId, emoji, added: emoji !== '' }
  }
  if (protocolMessage) return fromChange(outside, protocolMessage, base, source)

  const text = readText(content)
  const origin = { ...outside, id: outside.id }
  const attachments = readAttachments(content, {
    id: origin.id,
    chat: origin.chat,
    author: origin.author,
    isGroup: origin.isGroup,
    isOwn: origin.isOwn,
  })
  if (text === undefined && attachments.length === 0) return undefined
  const context = readContext(content)
  const { mentions, replyTo } = await readCalls(context, source)
  source.history.noteReceived(base.peer.id, outside.id, {
    author: outside.author,
    isOwn: outside.isOwn,
    text: text ?? '',
  })
  return {
    type: 'message',
    ...base,
    text: text ?? '',
    mentions,
    ...(replyTo ? { replyTo } : {}),
    attachments,
  }
}

async function readBase(outside: Outside, source: EnvelopeSource): Promise<EnvelopeBase> {
  const { author, authorAlternative, isOwn, isBot, authorName, isGroup, chat, chatAlternative } =
    outside
  const id = isOwn
    ? await personId(source.me.id, undefined, source)
    : await personId(author, authorAlternative, source)
  const other = isGroup || !isOwn ? id : await personId(chat, chatAlternative, source)
  return {
    channel: 'whatsapp',
    accountId: source.accountId,
    nativeId: outside.id,
    peer: isGroup ? { kind: 'group', id: chat } : { kind: 'dm', id: other },
    sender: {
      id,
      ...(authorName ? { name: authorName } : {}),
      isBot,
      isSelf: isOwn,
    },
    sentAt: outside.sentAt,
  }
}

/** Edits and deletions. WhatsApp's servers cannot read who may change what, so every app has to look. */
async function fromChange(
  outside: Outside,
  change: NonNullable<Content['protocolMessage']>,
  base: EnvelopeBase,
  source: EnvelopeSource,
): Promise<Envelope | undefined> {
  const { MESSAGE_EDIT, REVOKE } = source.baileys.proto.Message.ProtocolMessage.Type
  const targetId = change.key?.id
  if (!targetId || (change.type !== MESSAGE_EDIT && change.type !== REVOKE)) return undefined
  if (!(await mayChange(outside, targetId, change.type === REVOKE, base, source))) return undefined
  if (change.type === REVOKE) return { type: 'deleted', ...base, targetId }
  const edited = source.baileys.normalizeMessageContent(change.editedMessage ?? undefined) ?? {}
  return { type: 'edited', ...base, targetId, text: readText(edited) ?? '' }
}

async function mayChange(
  outside: Outside,
  targetId: string,
  isDeletion: boolean,
  { peer }: EnvelopeBase,
  { history, isAdmin }: EnvelopeSource,
): Promise<boolean> {
  const target = history.received(peer.id, targetId)
  if (!target) return history.sent(targetId) === undefined ? !outside.isGroup : outside.isOwn
  if (target.author === outside.author || (target.isOwn && outside.isOwn)) return true
  // In a direct chat there are two people, each with two addresses.
  if (!outside.isGroup) return target.isOwn === outside.isOwn
  return isDeletion && (await isAdmin(outside.chat, outside.author))
}

interface Calls {
  readonly mentions: { readonly self: boolean; readonly ids: readonly string[] }
  readonly replyTo: Reference | undefined
}

async function readCalls(context: ContextInfo | undefined, source: EnvelopeSource): Promise<Calls> {
  const { baileys, me } = source
  const isMe = (address: string): boolean =>
    baileys.areJidsSameUser(address, me.id) ||
    (me.lid !== undefined && baileys.areJidsSameUser(address, me.lid))
  const idOf = (address: string): Promise<string> =>
    personId(isMe(address) ? me.id : address, undefined, source)

  const mentioned = context?.mentionedJid ?? []
  const ids = await Promise.all(mentioned.map(idOf))
  const author = context?.stanzaId ? context.participant : undefined
  const quoted = baileys.normalizeMessageContent(context?.quotedMessage ?? undefined)
  const text = quoted && readText(quoted)
  const replyTo = context?.stanzaId
    ? {
        nativeId: context.stanzaId,
        ...(author ? { senderId: await idOf(author) } : {}),
        ...(text ? { text } : {}),
      }
    : undefined
  const isAnswer = author !== undefined && author !== null && isMe(author)
  return {
    mentions: { self: isAnswer || mentioned.some(isMe), ids: [...new Set(ids)] },
    replyTo,
  }
}
