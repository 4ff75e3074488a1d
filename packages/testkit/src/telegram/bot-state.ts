import { createFaults, type Fault, type FaultKind, type Faults } from '../fault.ts'
import type { UploadedFile } from '../http-body.ts'
import { createChats, type ChatMessage, type ChatState, type Chats } from './chats.ts'
import { createQueue, type UpdateQueue } from './queue.ts'
import type { TelegramCall, TelegramCommand, TelegramMessage, TelegramUser } from './types.ts'

export interface BotOptions {
  readonly token: string
  readonly username: string
  readonly name?: string
  /** With privacy mode a bot in a group sees only commands, mentions and replies to it. Default off. */
  readonly privacyMode?: boolean
}

export interface WebhookState {
  readonly url: string
  readonly secret: string | undefined
}

/** Everything that the server keeps for one bot, across restarts. */
export interface BotState {
  readonly token: string
  readonly me: TelegramUser & Readonly<Record<string, unknown>>
  readonly privacyMode: boolean
  readonly chats: Chats
  readonly queue: UpdateQueue
  readonly files: Map<string, UploadedFile>
  readonly faults: Faults
  /** One fault of this bot, else one of the whole server. */
  takeFault(method: string, ...kinds: readonly FaultKind[]): Fault | undefined
  readonly calls: TelegramCall[]
  readonly callCounts: Map<string, number>
  revoked: boolean
  allowedUpdates: readonly string[] | undefined
  webhook: WebhookState | undefined
  webhookError: string | undefined
  commands: readonly TelegramCommand[]
  nextMessageId: number
  nextUpdateId: number
  nextFileId: number
  changed(): void
}

/** Update kinds that a bot gets only when it asks: https://core.telegram.org/bots/api#getupdates */
const onDemand = new Set(['message_reaction', 'message_reaction_count', 'chat_member'])

export function createBotState(
  options: BotOptions,
  serverFaults: Faults,
  changed: () => void,
): BotState {
  const { token, username, name = username, privacyMode = false } = options
  const faults = createFaults()
  return {
    token,
    me: {
      id: Number(token.split(':')[0]),
      is_bot: true,
      first_name: name,
      username,
      can_join_groups: true,
      can_read_all_group_messages: !privacyMode,
      supports_inline_queries: false,
      can_connect_to_business: false,
      has_main_web_app: false,
    },
    privacyMode,
    chats: createChats(),
    queue: createQueue(changed),
    files: new Map(),
    faults,
    takeFault: (method, ...kinds) =>
      faults.take(method, ...kinds) ?? serverFaults.take(method, ...kinds),
    calls: [],
    callCounts: new Map(),
    revoked: false,
    allowedUpdates: undefined,
    webhook: undefined,
    webhookError: undefined,
    commands: [],
    nextMessageId: 1,
    nextUpdateId: 1000,
    nextFileId: 1,
    changed,
  }
}

/** Queue an update unless the bot did not ask for its kind. */
export function pushUpdate(
  bot: BotState,
  kind: string,
  value: unknown,
  updateId: number = bot.nextUpdateId++,
): number {
  const allowed = bot.allowedUpdates?.length ? bot.allowedUpdates : undefined
  if (allowed ? allowed.includes(kind) : !onDemand.has(kind)) {
    bot.queue.push({ update_id: updateId, [kind]: value })
  }
  return updateId
}

export function storeMessage(bot: BotState, state: ChatState, message: TelegramMessage): void {
  bot.nextMessageId = Math.max(bot.nextMessageId, message.message_id + 1)
  const entry: ChatMessage = { message, history: [], reactions: [] }
  state.messages.set(message.message_id, entry)
  bot.changed()
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
