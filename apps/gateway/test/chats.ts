import type { TelegramServer } from '@junctor/testkit/telegram'

/** What people and a bot say to each other, chat by chat. */
export interface Chats {
  /** What the bot said, oldest first. */
  answersIn(chat: number): readonly string[]
  /** Says something and waits for what the bot says next. `id` is the platform's, of what was said. */
  ask(chat: number, text: string): Promise<{ readonly id: number; readonly answer: string }>
}

export function chatsOf(platform: TelegramServer, token: string): Chats {
  const bot = platform.bot(token)
  const answersIn = (chat: number): readonly string[] =>
    bot
      .messages(chat)
      .filter(({ message }) => message.from?.is_bot === true)
      .map(({ text }) => text)
  return {
    answersIn,
    async ask(chat, text) {
      const before = answersIn(chat).length
      const { message_id: id } = bot.say({ chat, text })
      await platform.waitFor(() => answersIn(chat).length > before, { timeoutMs: 30_000 })
      return { id, answer: answersIn(chat)[before] ?? '' }
    },
  }
}
