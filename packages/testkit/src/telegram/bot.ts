import type { Faults } from '../fault.ts'
import type { BotState } from './bot-state.ts'
import { block, edit, migrate, react, say, type Say } from './people.ts'
import type {
  ShownMessage,
  TelegramCall,
  TelegramChat,
  TelegramCommand,
  TelegramMessage,
  TelegramUpdate,
  TelegramUser,
} from './types.ts'

/** One bot from the other side: what people do to it and what they see of it. */
export interface TelegramBot {
  readonly token: string
  readonly me: TelegramUser
  readonly faults: Faults
  /** Every call the bot made, oldest first. */
  readonly calls: readonly TelegramCall[]
  /** How often a method was called. */
  countCalls(method: string): number
  /** Make a chat known without anybody having written. A bot cannot write to a chat it does not know. */
  addChat(id: number, chat?: Partial<TelegramChat>): TelegramChat
  addTopic(chat: number, topic: number): void
  say(options: Say): TelegramMessage
  edit(change: {
    readonly chat: number
    readonly id: number
    readonly text: string
    readonly date?: number
  }): TelegramMessage
  react(reaction: {
    readonly chat: number
    readonly id: number
    readonly from?: number
    readonly emoji: string | undefined
  }): void
  /** Turn a group into a supergroup with another id. */
  migrate(from: number, to: number): void
  /** Block the bot in a private chat, or throw it out of a group. */
  block(chat: number): void
  /** Queue any update as it is, well formed or not. Without an `update_id` it gets the next one. */
  push(update: Readonly<Record<string, unknown>>): void
  /** What a chat shows, oldest first. */
  messages(chat: number): readonly ShownMessage[]
  /** The menu that the bot has set. */
  menu(): readonly TelegramCommand[]
  /** Updates the bot has not confirmed. */
  waiting(): readonly TelegramUpdate[]
  confirmed(): readonly TelegramUpdate[]
  /** Whether a long poll is waiting right now. */
  isPolled(): boolean
  /** The token stops working, also for the poll that waits. */
  revoke(): void
  /** Another process polls this bot: the poll that waits ends with 409. */
  takeOver(): void
}

export function createBot(bot: BotState): TelegramBot {
  return {
    token: bot.token,
    me: bot.me,
    faults: bot.faults,
    calls: bot.calls,
    countCalls: (method) => bot.callCounts.get(method) ?? 0,
    addChat: (id, chat) => bot.chats.ensure(id, chat).chat,
    addTopic(chat, topic) {
      bot.chats.ensure(chat, { is_forum: true }).topics.add(topic)
    },
    say: (options) => say(bot, options),
    edit: (change) => edit(bot, change),
    react: (reaction) => react(bot, reaction),
    migrate: (from, to) => migrate(bot, from, to),
    block: (chat) => block(bot, chat),
    push: (update) => bot.queue.push({ update_id: bot.nextUpdateId++, ...update }),
    messages: (chat) => bot.chats.shown(chat),
    menu: () => bot.commands,
    waiting: () => bot.queue.waiting(),
    confirmed: () => bot.queue.confirmed(),
    isPolled: () => bot.queue.isPolled(),
    revoke() {
      bot.revoked = true
      bot.queue.interrupt()
    },
    takeOver: () => bot.queue.interrupt(),
  }
}
