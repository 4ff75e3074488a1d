import type { Envelope, EnvelopeBase, Peer, Sender } from '@junctor/channel'
import type { Chat, Message, MessageReactionUpdated, Update, User } from 'grammy/types'
import { readAttachments, readText } from './content.ts'
import { readMentions } from './mentions.ts'
import { readReference } from './reference.ts'

/** Who this account is on Telegram. */
export interface Account {
  readonly accountId: string
  readonly botId: number
  /** In lower case, without the `@`. */
  readonly username: string
}

/** What one update means for a conversation; nothing for joins, pins and other service messages. */
export function toEnvelopes(update: Update, account: Account): readonly Envelope[] {
  const posted = update.message ?? update.channel_post
  if (posted) return fromMessage(posted, account)
  const edited = update.edited_message ?? update.edited_channel_post
  if (edited) return [fromEdit(edited, update.update_id, account)]
  if (update.message_reaction) {
    return fromReaction(update.message_reaction, update.update_id, account)
  }
  return []
}

function fromMessage(message: Message, account: Account): readonly Envelope[] {
  if (!Number.isSafeInteger(message.message_id) || !Number.isSafeInteger(message.date)) {
    throw new TypeError('The message lacks its id or date')
  }
  const text = readText(message)
  const attachments = readAttachments(message)
  if (text === undefined && attachments.length === 0) return []
  const replyTo = readReference(message)
  return [
    {
      type: 'message',
      nativeId: String(message.message_id),
      ...place(message.chat, account),
      ...thread(message),
      sender: readSender(message.from, message.sender_chat, account),
      sentAt: message.date * 1000,
      text: text ?? '',
      mentions: readMentions(message, account),
      ...(replyTo ? { replyTo } : {}),
      attachments,
    },
  ]
}

// The edit date counts in seconds; the update id tells two edits within one second apart.
function fromEdit(message: Message, updateId: number, account: Account): Envelope {
  const editedAt = message.edit_date ?? message.date
  return {
    type: 'edited',
    nativeId: `edit:${message.message_id}:${editedAt}:${updateId}`,
    targetId: String(message.message_id),
    ...place(message.chat, account),
    ...thread(message),
    sender: readSender(message.from, message.sender_chat, account),
    sentAt: editedAt * 1000,
    text: readText(message) ?? '',
  }
}

function fromReaction(
  reaction: MessageReactionUpdated,
  updateId: number,
  account: Account,
): readonly Envelope[] {
  const before = emojisOf(reaction.old_reaction)
  const after = emojisOf(reaction.new_reaction)
  const event = (emoji: string, added: boolean): Envelope => ({
    type: 'reaction',
    nativeId: `reaction:${updateId}:${added ? '+' : '-'}${emoji}`,
    targetId: String(reaction.message_id),
    ...place(reaction.chat, account),
    sender: readSender(reaction.user, reaction.actor_chat, account),
    sentAt: reaction.date * 1000,
    emoji,
    added,
  })
  return [
    ...before.filter((emoji) => !after.includes(emoji)).map((emoji) => event(emoji, false)),
    ...after.filter((emoji) => !before.includes(emoji)).map((emoji) => event(emoji, true)),
  ]
}

function emojisOf(reactions: MessageReactionUpdated['new_reaction']): readonly string[] {
  return reactions.flatMap((reaction) => (reaction.type === 'emoji' ? [reaction.emoji] : []))
}

type Place = Pick<EnvelopeBase, 'channel' | 'accountId' | 'peer'>

function place(chat: Chat, { accountId }: Account): Place {
  const peer: Peer = { kind: peerKinds[chat.type], id: String(chat.id) }
  if (!peer.kind) throw new TypeError(`Unknown chat type "${chat.type}"`)
  return { channel: 'telegram', accountId, peer }
}

const peerKinds = {
  private: 'dm',
  group: 'group',
  supergroup: 'group',
  channel: 'channel',
} as const

/** The General topic has no thread id; a reply in a group without topics has one that names no topic. */
function thread(message: Message): Pick<EnvelopeBase, 'threadId'> {
  if (!message.is_topic_message || message.message_thread_id === undefined) return {}
  return { threadId: String(message.message_thread_id) }
}

/** Somebody who writes as a chat (a channel post, an anonymous admin) is that chat; `from` is a stand-in then. */
function readSender(user: User | undefined, chat: Chat | undefined, account: Account): Sender {
  if (chat) {
    const name = chat.title ?? chat.first_name
    return {
      id: String(chat.id),
      ...(name === undefined ? {} : { name }),
      ...(chat.username === undefined ? {} : { username: chat.username }),
      isBot: false,
      isSelf: false,
    }
  }
  if (!user) throw new TypeError('The message has neither `from` nor `sender_chat`')
  const name = [user.first_name, user.last_name].filter(Boolean).join(' ')
  return {
    id: String(user.id),
    ...(name === '' ? {} : { name }),
    ...(user.username === undefined ? {} : { username: user.username }),
    isBot: user.is_bot,
    isSelf: user.id === account.botId,
  }
}
