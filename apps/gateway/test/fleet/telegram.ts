import { createTelegramServer } from '@junctor/testkit/telegram'
import { access, numbers, shownIn, type Conversation, type Fleet } from './conversation.ts'

const FORUM = -1_000_000_000_001
/** Bound to an agent of its own on one of the bots. */
const PATRON = 103

const agents = { news: 'news', desk: 'desk' } as const
type Bot = keyof typeof agents

/** Two bots that the same people write to: 40 persons, 15 groups and 10 topics of a forum each. */
export async function createTelegramFleet(): Promise<Fleet> {
  const tokenOf = (bot: Bot): string => `${bot === 'news' ? 1001 : 1002}:fake-token-of-${bot}`
  const names = ['news', 'desk'] as const
  const server = await createTelegramServer({
    bots: names.map((name) => ({ token: tokenOf(name), username: `${name}_bot` })),
  })

  const conversationsOf = (name: Bot): readonly Conversation[] => {
    const bot = server.bot(tokenOf(name))
    const conversation = (chat: number, topic?: number): Conversation => {
      const threadId = topic === undefined ? {} : { threadId: String(topic) }
      const kind = chat > 0 ? 'dm' : 'group'
      return {
        name: ['telegram', name, chat, ...(topic === undefined ? [] : [topic])].join('/'),
        agentId: name === 'news' && chat === PATRON ? 'main' : agents[name],
        address: {
          channel: 'telegram',
          accountId: name,
          peer: { kind, id: String(chat) },
          ...threadId,
        },
        say: (text) => void bot.say({ chat, text, ...(topic === undefined ? {} : { topic }) }),
        answers: () =>
          bot
            .messages(chat)
            .filter(({ message }) => message.from?.is_bot === true)
            .filter(({ message }) => message.message_thread_id === topic)
            .map(({ text }) => text),
      }
    }
    return [
      ...numbers(40).map((index) => conversation(100 + index)),
      ...numbers(15).map((index) => conversation(-200 - index)),
      ...numbers(10).map((index) => conversation(FORUM, 10 + index)),
    ]
  }

  const conversations = names.flatMap(conversationsOf)

  return {
    channel: {
      ...access,
      accounts: Object.fromEntries(
        names.map((name) => [name, { botToken: tokenOf(name), apiRoot: server.url }]),
      ),
    },
    bindings: [
      {
        agentId: 'main',
        match: {
          channel: 'telegram',
          accountId: 'news',
          peer: { kind: 'dm', id: String(PATRON) },
        },
      },
      ...names.map((name) => ({
        agentId: agents[name],
        match: { channel: 'telegram', accountId: name },
      })),
    ],
    conversations,
    isIdempotent: false,
    isOnline: () => names.every((name) => server.bot(tokenOf(name)).isPolled()),
    // Every call that arrives makes a message.
    strays: () =>
      names.reduce((sum, name) => sum + server.bot(tokenOf(name)).countCalls('sendMessage'), 0) -
      shownIn(conversations),
    isSettled: () => names.every((name) => server.bot(tokenOf(name)).waiting().length === 0),
    stop: () => server.stop(),
  }
}
