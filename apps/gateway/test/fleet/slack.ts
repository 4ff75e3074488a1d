import { createSlackServer } from '@junctor/testkit/slack'
import { access, numbers, shownIn, type Conversation, type Fleet } from './conversation.ts'

const botToken = 'xoxb-fake-token'
const appToken = 'xapp-fake-token'
/** Bound to an agent of its own. */
const WORKROOM = 'C7'

/** A workspace in Socket Mode: 40 persons, 30 channels and 30 threads of other channels. */
export async function createSlackFleet(): Promise<Fleet> {
  const server = await createSlackServer({
    workspaces: [{ botToken, appToken }],
    // The machine may be slow, and this is not about giving up.
    ackTimeoutMs: 120_000,
    retryAfterMs: 20,
    mostRetries: 1_000_000,
  })
  const workspace = server.workspace(botToken)
  const at = { channel: 'slack', accountId: 'default' } as const

  const conversation = (channel: string, thread?: string): Conversation => ({
    name: ['slack', channel, ...(thread === undefined ? [] : [thread])].join('/'),
    agentId: channel === WORKROOM ? 'work' : 'office',
    address: {
      ...at,
      peer: { kind: channel.startsWith('U') ? 'dm' : 'channel', id: channel },
      ...(thread === undefined ? {} : { threadId: thread }),
    },
    say: (text) => void workspace.say({ channel, text, ...(thread ? { thread } : {}) }),
    answers: () =>
      workspace
        .messages(channel)
        .filter(({ ts, message }) => message.bot_id !== undefined && ts !== thread)
        .map(({ text }) => text),
  })
  const threads = numbers(30).map((index) => {
    const channel = `CT${index}`
    const { ts } = workspace.say({ channel, text: 'the subject', from: 'self' })
    return conversation(channel, ts)
  })

  const conversations = [
    ...numbers(40).map((index) => conversation(`U${100 + index}`)),
    ...numbers(30).map((index) => conversation(`C${index}`)),
    ...threads,
  ]

  return {
    channel: { ...access, botToken, appToken, apiRoot: server.url },
    bindings: [
      {
        agentId: 'work',
        match: { channel: 'slack', peer: { kind: 'channel', id: WORKROOM } },
      },
      { agentId: 'office', match: { channel: 'slack' } },
    ],
    conversations,
    isIdempotent: false,
    isOnline: () => workspace.connections() > 0,
    // Every call that arrives makes a message.
    strays: () =>
      workspace.countCalls('chat.postMessage') +
      workspace.countCalls('chat.startStream') -
      shownIn(conversations),
    isSettled: () => workspace.waiting().length === 0,
    stop: () => server.stop(),
  }
}
