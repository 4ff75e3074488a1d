import type { Address } from '@junctor/channel'
import type { TelegramConfig } from '@junctor/channel-telegram'
import { telegram } from '@junctor/channel-telegram'
import type { ChannelHarness, HarnessOperation } from '@junctor/testkit/channel-suite'
import { createTelegramServer } from '@junctor/testkit/telegram'

const token = '123456:TEST-secret_1'
const person = 42
const group = -1_001_000_000_001
const topic = 7

const methods: Readonly<Record<HarnessOperation, string>> = {
  open: 'getMe',
  receive: 'getUpdates',
  send: 'send*',
  edit: 'editMessage*',
  remove: 'deleteMessage',
  react: 'setMessageReaction',
  typing: 'sendChatAction',
  download: 'getFile',
}

const counted: Partial<Record<HarnessOperation, readonly string[]>> = {
  send: ['sendMessage', 'sendDocument', 'sendMediaGroup'],
  typing: ['sendChatAction'],
}

export const quickTiming = {
  pollTimeoutSeconds: 1,
  firstBackoffMs: 5,
  maxBackoffMs: 20,
  requestTimeoutMs: 5000,
} as const

/** grammY against a Bot API server of our own. The conversation is a forum, so that it has threads. */
export async function telegramHarness(): Promise<ChannelHarness<TelegramConfig>> {
  const server = await createTelegramServer({ bots: [{ token, username: 'junctor_bot' }] })
  const bot = server.bot(token)
  bot.addChat(group, { is_forum: true })
  bot.addTopic(group, topic)
  const address: Address = {
    channel: 'telegram',
    accountId: 'default',
    peer: { kind: 'group', id: String(group) },
  }
  return {
    channel: telegram(quickTiming),
    config: { botToken: token, apiRoot: server.url },
    refusedConfig: { botToken: '654321:REFUSED', apiRoot: server.url },
    accountId: 'default',
    address,
    threadAddress: { ...address, threadId: String(topic) },
    secrets: [token],
    say({ text, self, inThread, replyTo, file }) {
      const message = bot.say({
        chat: group,
        text,
        from: self ? 'self' : person,
        ...(inThread ? { topic } : {}),
        ...(replyTo === undefined ? {} : { replyTo: Number(replyTo) }),
        ...(file ? { file: { ...file, kind: 'document' } } : {}),
      })
      return String(message.message_id)
    },
    shown: () =>
      bot.messages(group).map(({ id, text, message, reactions }) => ({
        id: String(id),
        text,
        threadId: message.message_thread_id?.toString(),
        replyTo: message.reply_to_message?.message_id.toString(),
        reactions,
        files: message.document ? 1 : 0,
      })),
    acknowledged: () =>
      bot.confirmed().map((update) => {
        const message = update['message'] as { readonly message_id: number }
        return String(message.message_id)
      }),
    countCalls: (operation) =>
      (counted[operation] ?? [methods[operation]]).reduce(
        (sum, method) => sum + bot.countCalls(method),
        0,
      ),
    fault: (operation, effect, times = 1) =>
      server.faults.add({ ...effect, on: methods[operation], times }),
    waitFor: server.waitFor,
    async stop() {
      await server.stop()
      // By the time a new connection is refused, the client has seen its old ones closed.
      await fetch(server.url).catch(() => {})
    },
    restart: server.restart,
    dispose: server.stop,
  }
}
