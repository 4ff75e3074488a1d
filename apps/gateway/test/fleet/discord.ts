import type { Address } from '@junctor/channel'
import { createDiscordServer, personId } from '@junctor/testkit/discord'
import { access, numbers, type Conversation, type Fleet } from './conversation.ts'

const token = 'fake-token-of-the-bot'

/** One bot in two servers of 25 channels and 15 threads each, and with 20 persons. */
export async function createDiscordFleet(): Promise<Fleet> {
  const server = await createDiscordServer({ bots: [{ token, username: 'fleet_bot' }] })
  const bot = server.bot(token)
  const guilds = ['games', 'work'].map((agentId) => {
    const guild = server.addGuild({ name: agentId })
    return { agentId, guild, threads: server.addChannel({ guild, name: 'threads' }) }
  })

  const at = { channel: 'discord', accountId: 'default' } as const

  const conversation = (
    agentId: string,
    place: string,
    where: Pick<Address, 'peer' | 'threadId'>,
  ): Conversation => ({
    name: `discord/${agentId}/${place}`,
    agentId,
    address: { ...at, ...where },
    say: (text) => void server.say({ channel: place, text }),
    answers: () =>
      server
        .messages(place)
        .filter(({ message }) => message.author.bot === true)
        .map(({ text }) => text),
  })
  const directs = numbers(20).map((index) => {
    const who = 100 + index
    return conversation('main', bot.directChannel(who), { peer: { kind: 'dm', id: personId(who) } })
  })
  const rooms = guilds.flatMap(({ agentId, guild, threads }) => [
    ...numbers(25).map(() => {
      const id = server.addChannel({ guild })
      return conversation(agentId, id, { peer: { kind: 'channel', id } })
    }),
    ...numbers(15).map(() => {
      const threadId = server.addThread({ parent: threads })
      return conversation(agentId, threadId, { peer: { kind: 'channel', id: threads }, threadId })
    }),
  ])
  const conversations = [...directs, ...rooms]

  return {
    channel: { ...access, token, apiRoot: server.url },
    bindings: guilds.map(({ agentId, guild }) => ({
      agentId,
      match: { channel: 'discord', guildId: guild },
    })),
    conversations,
    isIdempotent: true,
    isOnline: () => bot.isConnected(),
    strays: () => guilds.filter(({ threads }) => server.messages(threads).length > 0).length,
    isSettled: () => true,
    stop: () => server.stop(),
  }
}
