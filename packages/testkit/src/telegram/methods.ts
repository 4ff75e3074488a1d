import { nowSeconds, storeMessage, type BotState } from './bot-state.ts'
import type { RequestBody } from '../http-body.ts'
import type { ChatMessage, ChatState } from './chats.ts'
import { describeFile, readMedia, type FileKind } from './files.ts'
import { withoutReply } from './people.ts'
import { readCaption, readText } from './text.ts'
import { refuse, type TelegramCommand, type TelegramMessage } from './types.ts'

export interface MethodCall {
  readonly bot: BotState
  readonly body: RequestBody
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
}

export type Method = (call: MethodCall) => unknown

const methods: Readonly<Record<string, Method>> = {
  getMe: ({ bot }) => bot.me,
  getUpdates,
  setWebhook({ bot, body: { params } }) {
    const url = typeof params['url'] === 'string' ? params['url'] : ''
    const secret = params['secret_token']
    bot.webhook = url ? { url, secret: typeof secret === 'string' ? secret : undefined } : undefined
    rememberAllowed(bot, params)
    if (params['drop_pending_updates'] === true) bot.queue.clear()
    bot.changed()
    return true
  },
  deleteWebhook({ bot, body: { params } }) {
    bot.webhook = undefined
    if (params['drop_pending_updates'] === true) bot.queue.clear()
    return true
  },
  getWebhookInfo: ({ bot }) => ({
    url: bot.webhook?.url ?? '',
    has_custom_certificate: false,
    pending_update_count: bot.queue.waiting().length,
    ...(bot.webhookError ? { last_error_message: bot.webhookError } : {}),
  }),
  sendMessage(call) {
    const { text, entities } = readText(call.body.params)
    return post(call, { text, ...(entities.length > 0 ? { entities } : {}) })
  },
  sendPhoto: (call) => sendFile(call, 'photo'),
  sendDocument: (call) => sendFile(call, 'document'),
  sendAudio: (call) => sendFile(call, 'audio'),
  sendVideo: (call) => sendFile(call, 'video'),
  sendVoice: (call) => sendFile(call, 'voice'),
  sendMediaGroup,
  editMessageText(call) {
    const { text, entities } = readText(call.body.params)
    return change(call, { text, ...(entities.length > 0 ? { entities } : {}) })
  },
  editMessageCaption: (call) => change(call, { caption: readCaption(call.body.params).text }),
  deleteMessage({ bot, body: { params } }) {
    const state = bot.chats.writable(params['chat_id'])
    if (!state.messages.delete(Number(params['message_id']))) {
      refuse(400, 'Bad Request: message to delete not found')
    }
    bot.changed()
    return true
  },
  setMessageReaction,
  sendChatAction({ bot, body: { params } }) {
    checkTopic(bot.chats.writable(params['chat_id']), params['message_thread_id'])
    return true
  },
  sendMessageDraft({ bot, body: { params } }) {
    const state = bot.chats.writable(params['chat_id'])
    if (state.chat.type !== 'private') refuse(400, 'Bad Request: TEXTDRAFT_PEER_INVALID')
    return true
  },
  setMyCommands,
  getFile: ({ bot, body: { params } }) => describeFile(bot, params['file_id']),
  getChat: ({ bot, body: { params } }) => bot.chats.writable(params['chat_id']).chat,
  createForumTopic({ bot, body: { params } }) {
    const state = bot.chats.writable(params['chat_id'])
    const topic = bot.nextMessageId++
    state.topics.add(topic)
    return { message_thread_id: topic, name: params['name'], icon_color: 0 }
  },
}

/** Methods of which only the success matters here. */
const acknowledged = /^(?:set|delete|close|logOut|answer|pin|unpin|log)/

export function findMethod(name: string): Method | undefined {
  if (Object.hasOwn(methods, name)) return methods[name]
  return acknowledged.test(name) ? () => true : undefined
}

async function getUpdates({ bot, body: { params }, signal }: MethodCall): Promise<unknown> {
  if (bot.webhook) {
    refuse(
      409,
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )
  }
  rememberAllowed(bot, params)
  confirmUpTo(bot, params['offset'])
  const updates = await bot.queue.poll({
    limit: Number(params['limit'] ?? 100),
    timeoutSeconds: Number(params['timeout'] ?? 0),
    signal,
  })
  const [first, second, ...rest] = updates
  if (first && second && bot.takeFault('getUpdates', 'reorder')) return [second, first, ...rest]
  return updates
}

function confirmUpTo(bot: BotState, offset: unknown): void {
  if (offset === undefined) return
  const before = bot.queue.confirmed().length
  bot.queue.confirm(Number(offset))
  const last = bot.queue.confirmed().at(-1)
  if (!last || bot.queue.confirmed().length === before) return
  if (bot.takeFault('getUpdates', 'duplicate')) {
    bot.queue.push({ ...last, update_id: bot.nextUpdateId++ })
  }
}

function rememberAllowed(bot: BotState, params: Readonly<Record<string, unknown>>): void {
  const allowed = params['allowed_updates']
  if (Array.isArray(allowed)) bot.allowedUpdates = allowed.map(String)
}

function post(
  { bot, body: { params } }: MethodCall,
  content: Partial<TelegramMessage>,
): TelegramMessage {
  const state = bot.chats.writable(params['chat_id'])
  const topic = checkTopic(state, params['message_thread_id'])
  const answered = findAnswered(state, params)
  const message: TelegramMessage = {
    message_id: bot.nextMessageId++,
    from: bot.me,
    chat: state.chat,
    date: nowSeconds(),
    ...(topic === undefined ? {} : { message_thread_id: topic, is_topic_message: true as const }),
    ...(answered ? { reply_to_message: withoutReply(answered.message) } : {}),
    ...content,
  }
  storeMessage(bot, state, message)
  return message
}

function checkTopic(state: ChatState, value: unknown): number | undefined {
  if (value === undefined) return undefined
  const topic = Number(value)
  if (!state.topics.has(topic)) refuse(400, 'Bad Request: message thread not found')
  return topic
}

function findAnswered(
  state: ChatState,
  params: Readonly<Record<string, unknown>>,
): ChatMessage | undefined {
  const reply = params['reply_parameters']
  if (typeof reply !== 'object' || reply === null || !('message_id' in reply)) return undefined
  const answered = state.messages.get(Number(reply.message_id))
  const mayBeMissing =
    'allow_sending_without_reply' in reply && reply.allow_sending_without_reply === true
  if (!answered && !mayBeMissing) refuse(400, 'Bad Request: message to be replied not found')
  return answered
}

function sendFile(call: MethodCall, kind: FileKind): TelegramMessage {
  call.bot.chats.writable(call.body.params['chat_id'])
  const { text } = readCaption(call.body.params)
  const media = readMedia(call.bot, call.body, kind, call.body.params[kind])
  return post(call, { ...media, ...(text === '' ? {} : { caption: text }) })
}

function sendMediaGroup(call: MethodCall): readonly TelegramMessage[] {
  const list = call.body.params['media']
  if (!Array.isArray(list) || list.length < 2 || list.length > 10) {
    return refuse(400, 'Bad Request: there must be from 2 to 10 media in the album')
  }
  const group = String(call.bot.nextMessageId)
  return list.map((item: Readonly<Record<string, unknown>>) => {
    const kind = String(item['type']) as FileKind
    const { text } = readCaption(item)
    const media = readMedia(call.bot, call.body, kind, item['media'])
    return post(call, {
      ...media,
      media_group_id: group,
      ...(text === '' ? {} : { caption: text }),
    })
  })
}

function change(
  { bot, body: { params } }: MethodCall,
  content: Partial<TelegramMessage>,
): TelegramMessage {
  const state = bot.chats.writable(params['chat_id'])
  const entry = state.messages.get(Number(params['message_id']))
  if (!entry) return refuse(400, 'Bad Request: message to edit not found')
  if (entry.message.from?.id !== bot.me.id) refuse(400, "Bad Request: message can't be edited")
  const next: TelegramMessage = {
    ...(JSON.parse(JSON.stringify({ ...entry.message, entities: undefined })) as TelegramMessage),
    ...content,
  }
  const shown = (message: TelegramMessage): string =>
    JSON.stringify([message.text, message.caption, message.entities])
  if (shown(next) === shown(entry.message)) {
    refuse(
      400,
      'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    )
  }
  entry.history.push(entry.message.text ?? entry.message.caption ?? '')
  entry.message = { ...next, edit_date: nowSeconds() }
  bot.changed()
  return entry.message
}

/** A part of https://core.telegram.org/bots/api#reactiontypeemoji */
const allowedReactions = new Set(
  '👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🎉 🤩 🙏 👌 👀 💯 🤣 ✍ 🫡 😎'.split(' '),
)

function setMessageReaction({ bot, body: { params } }: MethodCall): true {
  const state = bot.chats.writable(params['chat_id'])
  const entry = state.messages.get(Number(params['message_id']))
  if (!entry) return refuse(400, 'Bad Request: message to react not found')
  const list = Array.isArray(params['reaction']) ? params['reaction'] : []
  const emojis = list.map((item: Readonly<Record<string, unknown>>) => String(item['emoji']))
  if (emojis.some((emoji) => !allowedReactions.has(emoji)))
    refuse(400, 'Bad Request: REACTION_INVALID')
  entry.reactions = emojis
  bot.changed()
  return true
}

/** The limits of https://core.telegram.org/bots/api#botcommand */
function setMyCommands({ bot, body: { params } }: MethodCall): true {
  const list = Array.isArray(params['commands']) ? params['commands'] : []
  if (list.length > 100) refuse(400, 'Bad Request: BOT_COMMANDS_TOO_MUCH')
  bot.commands = list.map((item: Partial<TelegramCommand>) => {
    const { command = '', description = '' } = item
    if (!/^[a-z0-9_]{1,32}$/.test(command)) refuse(400, 'Bad Request: BOT_COMMAND_INVALID')
    if (description === '' || description.length > 256)
      refuse(400, 'Bad Request: BOT_COMMAND_DESCRIPTION_INVALID')
    return { command, description }
  })
  bot.changed()
  return true
}
