import { discord } from '@junctor/channel-discord'
import {
  createDiscordServer,
  personId,
  type DiscordBot,
  type DiscordServer,
  type DiscordServerOptions,
} from '@junctor/testkit/discord'
import { afterEach, describe, expect, it } from 'vitest'
import { storyOf, textOfStory } from './conversation.ts'
import { openHouse, type House, type Settings } from './house.ts'

const ADA = personId(7)
const quick = { firstBackoffMs: 5, maxBackoffMs: 20, identifyIntervalMs: 5, saveIntervalMs: 5 }
const create = 'POST /channels/*/messages'
const patience = { timeoutMs: 25_000 }

let house: House
let server: DiscordServer
let bot: DiscordBot
let guild: string
let room: string

afterEach(async () => {
  await house.close()
  await server.stop()
})

interface World extends Omit<Partial<Settings>, 'accounts'> {
  readonly accounts?: readonly string[]
  readonly server?: Partial<DiscordServerOptions>
}

/** Everybody is answered, also in rooms without being called. */
const access = {
  dmPolicy: 'open',
  groupPolicy: 'open',
  groups: { '*': { requireMention: false } },
}

const tokenOf = (account: string): string => `fake-token-of-${account}`

async function open({ accounts = ['desk'], more, server: own, ...settings }: World = {}) {
  server = await createDiscordServer({
    bots: accounts.map((name) => ({ token: tokenOf(name), username: `${name}_bot` })),
    heartbeatIntervalMs: 200,
    ...own,
  })
  bot = server.bot(tokenOf('desk'))
  guild = server.addGuild()
  room = server.addChannel({ guild })
  const entries = accounts.map((name) => [name, { token: tokenOf(name), apiRoot: server.url }])
  const channels = { discord: { ...access, accounts: Object.fromEntries(entries) } }
  house = await openHouse(
    { agents: [{ id: 'main' }], accounts: [], ...settings, more: { ...more, channels } },
    { channels: { discord: discord(quick) } },
  )
  house.models.respond(({ lastUserText }) => ({ text: `answer to ${lastUserText}` }))
}

/** What bots wrote in a conversation, oldest first. */
const answers = (channel: string): readonly string[] =>
  server
    .messages(channel)
    .filter(({ message }) => message.author.bot === true)
    .map(({ text }) => text)

const untilAnswers = async (channel: string, count: number): Promise<readonly string[]> => {
  await server.waitFor(() => answers(channel).length >= count, patience)
  return answers(channel)
}

const sessionKeys = async (agentId = 'main'): Promise<readonly string[]> =>
  (await house.store.agent(agentId).sessions()).map(({ sessionKey }) => sessionKey).sort()

const stateOf = async (account: string) =>
  (await house.gateway.status()).channels.find(({ accountId }) => accountId === account)

describe('a conversation on Discord', () => {
  it('with a person is kept apart for each account', async () => {
    await open({ accounts: ['desk', 'shop'] })
    const direct = bot.directChannel(7)
    const other = server.bot(tokenOf('shop')).directChannel(7)
    server.say({ channel: direct, text: 'to desk' })
    server.say({ channel: other, text: 'to shop' })
    expect(await untilAnswers(direct, 1)).toEqual(['answer to to desk'])
    expect(await untilAnswers(other, 1)).toEqual(['answer to to shop'])
    expect(await sessionKeys()).toEqual([
      `agent:main:discord:desk:dm:${ADA}`,
      `agent:main:discord:shop:dm:${ADA}`,
    ])
  })

  it('in a room names who speaks, answers what was said, and notifies nobody else', async () => {
    await open()
    house.models.respond(({ lastUserText }) => ({ text: `@everyone: ${lastUserText}` }))
    const asked = server.say({ channel: room, from: ADA, text: `hi <@${bot.user.id}>` })
    const [answer] = await untilAnswers(room, 1)
    expect(answer).toBe(`@everyone: Person 7: hi <@${bot.user.id}>`)
    const shown = server.messages(room).at(-1)
    expect(shown?.message.message_reference?.message_id).toBe(asked.id)
    expect(shown?.pinged).toEqual([ADA])
    expect(await sessionKeys()).toEqual([`agent:main:discord:desk:channel:${room}`])
  })

  it('in a thread stays in the thread', async () => {
    await open()
    const thread = server.addThread({ parent: room })
    server.say({ channel: thread, text: 'inside' })
    server.say({ channel: room, text: 'outside' })
    expect(await untilAnswers(thread, 1)).toEqual(['answer to Person 42: inside'])
    expect(await untilAnswers(room, 1)).toEqual(['answer to Person 42: outside'])
    expect(await sessionKeys()).toEqual([
      `agent:main:discord:desk:channel:${room}`,
      `agent:main:discord:desk:channel:${room}:thread:${thread}`,
    ])
  })

  it('begun by a command of the menu is answered in its place', async () => {
    await open()
    await server.waitFor(() => bot.commands().some(({ name }) => name === 'status'), patience)
    server.command({ token: tokenOf('desk'), channel: room, name: 'status', from: ADA })
    await server.waitFor(() => (answers(room)[0] ?? '') !== '', patience)
    expect(answers(room)).toHaveLength(1)
    expect(bot.countCalls(create)).toBe(0)
  })
})

describe('a binding', () => {
  const agents = [{ id: 'main' }, { id: 'mods' }, { id: 'shop' }]

  it('on a guild with roles, or on a category, holds for what is read after an outage too', async () => {
    await open({ agents })
    const category = server.addChannel({ guild, type: 'category' })
    const stall = server.addChannel({ guild, parent: category })
    server.setRoles(guild, ADA, ['900'])
    const match = { channel: 'discord', guildId: guild }
    const peer = { kind: 'channel', id: category }
    const bindings = [
      { agentId: 'mods', match: { ...match, roles: ['900'] } },
      { agentId: 'shop', match: { channel: 'discord', peer } },
    ]
    const entries = { desk: { token: tokenOf('desk'), apiRoot: server.url } }
    await house.gateway.reload(
      house.configFrom({
        agents,
        accounts: [],
        bindings,
        more: { channels: { discord: { ...access, accounts: entries } } },
      }),
    )
    const saySomething = (text: string): void => {
      server.say({ channel: room, from: ADA, text })
      server.say({ channel: stall, from: personId(8), text })
    }
    saySomething('one')
    await Promise.all([untilAnswers(room, 1), untilAnswers(stall, 1)])
    await server.stop()
    bot.forgetSessions()
    saySomething('two')
    await server.restart()
    await Promise.all([untilAnswers(room, 2), untilAnswers(stall, 2)])
    expect(await sessionKeys('mods')).toEqual([`agent:mods:discord:desk:channel:${room}`])
    expect(await sessionKeys('shop')).toEqual([`agent:shop:discord:desk:channel:${stall}`])
    expect(await sessionKeys()).toEqual([])
  })
})

describe('a message that waits', () => {
  const slowFirst = (): void =>
    house.models.respond(({ lastUserText }) => ({
      text: `answer to ${lastUserText}`,
      ...(lastUserText === 'first' ? { chunkDelayMs: 60 } : {}),
    }))

  it('is answered as it was edited, and not at all when it was deleted', async () => {
    await open()
    slowFirst()
    const direct = bot.directChannel(7)
    server.say({ channel: direct, text: 'first' })
    await house.models.waitFor(({ lastUserText }) => lastUserText === 'first')
    const edited = server.say({ channel: direct, text: 'secnod' })
    const gone = server.say({ channel: direct, text: 'never mind' })
    server.edit({ channel: direct, id: edited.id, text: 'second' })
    server.remove(direct, gone.id)
    server.say({ channel: direct, text: 'last' })
    expect(await untilAnswers(direct, 3)).toEqual([
      'answer to first',
      'answer to second',
      'answer to last',
    ])
    const story = await storyOf(house, gone.id)
    expect(textOfStory(story)).toContain('deleted')
  })
})

describe('an answer', () => {
  it('longer than a message comes in pieces of at most 2000, with its code in code', async () => {
    await open()
    const code = Array.from({ length: 200 }, (_, index) => `const line${index} = ${index}`)
    house.models.reply({ text: `Before.\n\n\`\`\`ts\n${code.join('\n')}\n\`\`\`\n\nAfter.` })
    const direct = bot.directChannel(7)
    server.say({ channel: direct, text: 'code, please' })
    await server.waitFor(() => answers(direct).join().includes('After.'), patience)
    const shown = server.messages(direct).slice(1)
    expect(shown.length).toBeGreaterThan(1)
    for (const { message } of shown) expect(message.content.length).toBeLessThanOrEqual(2000)
    const lines = shown.flatMap(({ text }) => text.split('\n')).filter((line) => line !== '')
    expect(lines).toEqual(['Before.', ...code, 'After.'])
  })

  it('that takes its time grows in place', async () => {
    await open()
    const text = 'one two three four five six seven eight nine ten'
    house.models.reply({ text, chunkSize: 4, chunkDelayMs: 180 })
    const direct = bot.directChannel(7)
    server.say({ channel: direct, text: 'slowly' })
    await server.waitFor(() => answers(direct)[0] === text, patience)
    const [answer] = server.messages(direct).slice(1)
    expect(answer?.history.length).toBeGreaterThan(0)
    for (const earlier of answer?.history ?? []) expect(text.startsWith(earlier)).toBe(true)
    expect(bot.countCalls(create)).toBe(1)
    expect(bot.countCalls('POST /channels/*/typing')).toBeGreaterThan(0)
  })

  it('whose connection breaks after it took effect is posted once', async () => {
    await open()
    bot.faults.add({ on: create, kind: 'drop-after' }, { on: create, kind: 'drop-before' })
    const direct = bot.directChannel(7)
    for (const text of ['one', 'two']) server.say({ channel: direct, text })
    expect(await untilAnswers(direct, 2)).toEqual(['answer to one', 'answer to two'])
    expect((await house.gateway.status()).unknownDeliveries).toBe(0)
  })

  it('whose beginning was shown without anybody knowing becomes whole in the same message', async () => {
    await open()
    const text = 'one two three four five six seven eight nine ten'
    house.models.reply({ text, chunkSize: 4, chunkDelayMs: 180 })
    bot.faults.add({ on: create, kind: 'drop-after' })
    const direct = bot.directChannel(7)
    server.say({ channel: direct, text: 'slowly' })
    await server.waitFor(() => answers(direct)[0] === text, patience)
    const [answer, ...more] = server.messages(direct).slice(1)
    expect(more).toEqual([])
    expect(text.startsWith(answer?.history[0] ?? '?')).toBe(true)
    expect((await house.gateway.status()).unknownDeliveries).toBe(0)
  })

  it('of a hundred in one room comes whole and in order, as fast as Discord allows', async () => {
    await open({
      server: { rateLimit: { calls: 5, perMs: 200 } },
      more: { messages: { queue: { cap: 200 } } },
    })
    const texts = Array.from({ length: 100 }, (_, index) => `m${index}`)
    for (const text of texts) server.say({ channel: room, text })
    await server.waitFor(() => answers(room).length >= 100, { timeoutMs: 100_000 })
    expect(answers(room)).toEqual(texts.map((text) => `answer to Person 42: ${text}`))
  }, 120_000)
})

describe('an outage', () => {
  it('of Discord or of the gateway loses nothing and doubles nothing', async () => {
    await open()
    const direct = bot.directChannel(7)
    server.say({ channel: direct, text: 'one' })
    await untilAnswers(direct, 1)
    await server.stop()
    server.say({ channel: direct, text: 'two' })
    await server.restart()
    await untilAnswers(direct, 2)
    await house.gateway.stop()
    await house.store.close()
    server.say({ channel: direct, text: 'three' })
    bot.forgetSessions()
    server.say({ channel: room, text: 'four' })
    await house.restart()
    await Promise.all([untilAnswers(direct, 3), untilAnswers(room, 1)])
    server.say({ channel: direct, text: 'last' })
    expect(await untilAnswers(direct, 4)).toEqual(
      ['one', 'two', 'three', 'last'].map((text) => `answer to ${text}`),
    )
    expect(answers(room)).toEqual(['answer to Person 42: four'])
  })

  it('because the token was revoked shows, and leaves the other account alone', async () => {
    await open({ accounts: ['desk', 'shop'] })
    bot.revoke()
    await expect
      .poll(() => stateOf('desk'), { timeout: 15_000 })
      .toMatchObject({
        state: 'needs-login',
      })
    const other = server.bot(tokenOf('shop')).directChannel(7)
    server.say({ channel: other, text: 'hello' })
    expect(await untilAnswers(other, 1)).toEqual(['answer to hello'])
  })
})
