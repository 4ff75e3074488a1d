import type { Address } from '@junctor/channel'
import { discord, type DiscordConfig } from '@junctor/channel-discord'
import type { ChannelHarness, HarnessOperation } from '@junctor/testkit/channel-suite'
import { createDiscordServer, personId } from '@junctor/testkit/discord'

const token = 'fake-token-of-the-bot'

const routes: Readonly<Record<HarnessOperation, string>> = {
  open: 'GET /users/@me',
  receive: 'gateway',
  send: 'POST /channels/*/messages',
  edit: 'PATCH /channels/*/messages/*',
  remove: 'DELETE /channels/*/messages/*',
  react: 'PUT /channels/*/messages/*/reactions/*',
  typing: 'POST /channels/*/typing',
  download: 'GET /channels/*/messages/*',
}

export const quickTiming = {
  firstBackoffMs: 5,
  maxBackoffMs: 20,
  requestTimeoutMs: 5000,
  identifyIntervalMs: 5,
  saveIntervalMs: 5,
} as const

/** The packages of discord.js against a server of our own. The conversation is a channel of a guild, so that it has threads. */
export async function discordHarness(): Promise<ChannelHarness<DiscordConfig>> {
  // Heartbeats carry the acknowledgements, so they come often.
  const server = await createDiscordServer({
    bots: [{ token, username: 'junctor_bot' }],
    heartbeatIntervalMs: 40,
  })
  const bot = server.bot(token)
  const room = server.addChannel({ guild: server.addGuild() })
  const thread = server.addThread({ parent: room })
  const address: Address = {
    channel: 'discord',
    accountId: 'default',
    peer: { kind: 'channel', id: room },
  }
  return {
    channel: discord(quickTiming),
    config: { token, apiRoot: server.url },
    refusedConfig: { token: 'refused', apiRoot: server.url },
    accountId: 'default',
    address,
    threadAddress: { ...address, threadId: thread },
    secrets: [token],
    say: ({ text, self, inThread, replyTo, file }) =>
      server.say({
        channel: inThread ? thread : room,
        text,
        from: self ? bot.user : personId(42),
        ...(replyTo === undefined ? {} : { replyTo }),
        ...(file ? { file } : {}),
      }).id,
    shown: () =>
      [room, thread].flatMap((channel) =>
        server.messages(channel).map(({ id, text, message, reactions }) => ({
          id,
          text,
          threadId: channel === thread ? thread : undefined,
          replyTo: message.message_reference?.message_id,
          reactions: reactions.map(({ emoji }) => emoji),
          files: message.attachments.length,
        })),
      ),
    acknowledged: bot.acknowledged,
    countCalls: (operation) => bot.countCalls(routes[operation]),
    fault: (operation, effect, times = 1) =>
      server.faults.add({ ...effect, on: routes[operation], times }),
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
