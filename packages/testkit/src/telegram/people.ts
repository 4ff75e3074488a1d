import { nowSeconds, pushUpdate, storeMessage, type BotState } from './bot-state.ts'
import type { ChatState } from './chats.ts'
import { storeFile, type FileKind } from './files.ts'
import { findEntities } from './text.ts'
import type { TelegramChat, TelegramEntity, TelegramMessage, TelegramUser } from './types.ts'

/** Something that a person writes. */
export interface Say {
  /** Positive: the private chat with this person. Negative: a group; from -1000000000000 down a supergroup. */
  readonly chat: number
  readonly text?: string
  /** Who writes. Default: the person of the private chat, or person 42. `'self'`: the bot itself. */
  readonly from?: number | TelegramUser | 'self'
  readonly chatType?: TelegramChat['type']
  /** A forum topic; it exists from the first message on. */
  readonly topic?: number
  readonly replyTo?: number
  readonly id?: number
  readonly updateId?: number
  /** Seconds since 1970. Default: now. */
  readonly date?: number
  /** Default: mentions, commands and links found in the text. */
  readonly entities?: readonly TelegramEntity[]
  readonly file?: { readonly kind: FileKind; readonly name: string; readonly data: Uint8Array }
  readonly mediaGroup?: string
}

export function say(bot: BotState, options: Say): TelegramMessage {
  const { chat: chatId, text = '', id = bot.nextMessageId++, date = nowSeconds() } = options
  const state = bot.chats.ensure(chatId, {
    ...(options.chatType ? { type: options.chatType } : {}),
    ...(options.topic === undefined ? {} : { is_forum: true as const }),
  })
  if (options.topic !== undefined) state.topics.add(options.topic)
  const answered = options.replyTo === undefined ? undefined : state.messages.get(options.replyTo)
  const entities = options.entities ?? findEntities(text)
  const inFile = options.file !== undefined
  const message: TelegramMessage = {
    message_id: id,
    date,
    chat: state.chat,
    ...writer(bot, state, options.from),
    ...(inFile ? withCaption(text, entities) : withText(text, entities)),
    ...(options.topic === undefined
      ? {}
      : { message_thread_id: options.topic, is_topic_message: true as const }),
    ...(answered ? { reply_to_message: withoutReply(answered.message) } : {}),
    ...(options.mediaGroup ? { media_group_id: options.mediaGroup } : {}),
    ...(options.file ? storeFile(bot, options.file.kind, options.file) : {}),
  }
  storeMessage(bot, state, message)
  if (isVisible(bot, message)) {
    pushUpdate(
      bot,
      state.chat.type === 'channel' ? 'channel_post' : 'message',
      message,
      options.updateId,
    )
  }
  return message
}

export function edit(
  bot: BotState,
  change: {
    readonly chat: number
    readonly id: number
    readonly text: string
    readonly date?: number
  },
): TelegramMessage {
  const entry = bot.chats.find(change.chat)?.messages.get(change.id)
  if (!entry) throw new Error(`There is no message ${change.id} in chat ${change.chat} to edit`)
  entry.history.push(entry.message.text ?? entry.message.caption ?? '')
  entry.message = {
    ...entry.message,
    ...withText(change.text, findEntities(change.text)),
    edit_date: change.date ?? nowSeconds(),
  }
  const kind = entry.message.chat.type === 'channel' ? 'edited_channel_post' : 'edited_message'
  pushUpdate(bot, kind, entry.message)
  return entry.message
}

export function react(
  bot: BotState,
  reaction: {
    readonly chat: number
    readonly id: number
    readonly from?: number
    readonly emoji: string | undefined
  },
): void {
  const state = bot.chats.ensure(reaction.chat)
  const before = state.messages.get(reaction.id)?.reactions ?? []
  const emojis = reaction.emoji === undefined ? [] : [reaction.emoji]
  const typed = (emoji: string): object => ({ type: 'emoji', emoji })
  const entry = state.messages.get(reaction.id)
  if (entry) entry.reactions = emojis
  pushUpdate(bot, 'message_reaction', {
    chat: state.chat,
    message_id: reaction.id,
    user: person(reaction.from ?? 42),
    date: nowSeconds(),
    old_reaction: before.map(typed),
    new_reaction: emojis.map(typed),
  })
}

/** A group becomes a supergroup and gets another id: https://core.telegram.org/bots/api#responseparameters */
export function migrate(bot: BotState, from: number, to: number): void {
  const old = bot.chats.ensure(from)
  const next = bot.chats.ensure(to, { type: 'supergroup' })
  old.migratedTo = to
  const service = (chat: TelegramChat, field: object): TelegramMessage => ({
    message_id: bot.nextMessageId++,
    date: nowSeconds(),
    chat,
    from: person(42),
    ...field,
  })
  pushUpdate(bot, 'message', service(old.chat, { migrate_to_chat_id: to }))
  pushUpdate(bot, 'message', service(next.chat, { migrate_from_chat_id: from }))
}

/** The bot may no longer write here: blocked in a private chat, kicked from a group. */
export function block(bot: BotState, chatId: number): void {
  const state = bot.chats.ensure(chatId)
  const isPrivate = state.chat.type === 'private'
  state.forbidden = isPrivate
    ? 'bot was blocked by the user'
    : `bot was kicked from the ${state.chat.type} chat`
  pushUpdate(bot, 'my_chat_member', {
    chat: state.chat,
    from: person(isPrivate ? chatId : 42),
    date: nowSeconds(),
    old_chat_member: { user: bot.me, status: 'member' },
    new_chat_member: { user: bot.me, status: 'kicked', until_date: 0 },
  })
}

export function person(id: number): TelegramUser {
  return { id, is_bot: false, first_name: `Person ${id}`, username: `person_${id}` }
}

function writer(bot: BotState, state: ChatState, from: Say['from']): Partial<TelegramMessage> {
  if (from === undefined && state.chat.type === 'channel') return { sender_chat: state.chat }
  if (from === 'self') return { from: bot.me }
  if (typeof from === 'object') return { from }
  return { from: person(from ?? (state.chat.id > 0 ? state.chat.id : 42)) }
}

function withText(text: string, entities: readonly TelegramEntity[]): Partial<TelegramMessage> {
  return { text, ...(entities.length > 0 ? { entities } : {}) }
}

function withCaption(text: string, entities: readonly TelegramEntity[]): Partial<TelegramMessage> {
  if (text === '') return {}
  return { caption: text, ...(entities.length > 0 ? { caption_entities: entities } : {}) }
}

export function withoutReply(message: TelegramMessage): TelegramMessage {
  const copy: Record<string, unknown> = { ...message }
  delete copy['reply_to_message']
  return copy as TelegramMessage
}

function isVisible(bot: BotState, message: TelegramMessage): boolean {
  if (!bot.privacyMode) return true
  if (message.chat.type !== 'group' && message.chat.type !== 'supergroup') return true
  const text = message.text ?? message.caption ?? ''
  return (
    text.startsWith('/') ||
    text.toLowerCase().includes(`@${String(bot.me.username).toLowerCase()}`) ||
    message.reply_to_message?.from?.id === bot.me.id
  )
}
