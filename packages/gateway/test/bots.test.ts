import { assert, asyncProperty, constantFrom, integer } from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { bot, contextOf, den, openRoom, person, type Room, type RoomSettings } from './room.ts'

let room: Room | undefined

afterEach(async () => {
  await room?.close()
  room = undefined
})

const open = async (sim: object, more: Partial<RoomSettings> = {}): Promise<Room> => {
  room = await openRoom({ agents: [{ id: 'fam' }], sim: { ...sim }, ...more })
  return room
}
const free = { requireMention: false }

describe('a bot', () => {
  it('is not answered, and why names the setting that lifts it', async () => {
    const { say, why, requests, untilPosted } = await open({ groups: { '*': free } })
    const id = say('beep', { from: bot('r2') })
    expect(await why(id)).toContain('r2 (r2) is a bot (set channels.sim.accounts.default.allowBots')
    const dm = say('beep', { from: bot('r2'), peer: { kind: 'dm', id: 'r2' } })
    expect(await why(dm)).toContain('is a bot')
    say('hello')
    await untilPosted(1)
    expect(contextOf(requests[0])).toEqual([])
  })

  it('is answered where the account or the room says so, as far as it may speak there', async () => {
    const { say, why, untilPosted } = await open({
      allowBots: true,
      groups: { '*': free, attic: { allowBots: false }, cellar: { allowFrom: ['7'] } },
    })
    say('beep', { from: bot('r2') })
    await untilPosted(1)
    say('beep', { from: bot('r2'), peer: { kind: 'dm', id: 'r2' } })
    await untilPosted(1, 'default', 'r2')
    const attic = say('beep', { from: bot('r2'), peer: { kind: 'group', id: 'attic' } })
    expect(await why(attic)).toContain('is a bot')
    const cellar = say('beep', { from: bot('r2'), peer: { kind: 'group', id: 'cellar' } })
    expect(await why(cellar)).toContain('is not in allowFrom of group cellar')
  })

  it('gets no pairing code', async () => {
    const { say, why, gateway } = await open({ dmPolicy: 'pairing', allowBots: true })
    const id = say('let me in', { from: bot('r2'), peer: { kind: 'dm', id: 'r2' } })
    expect(await why(id)).toContain('was not let in by pairing')
    expect((await gateway.pairing.list()).requests).toEqual([])
  })

  it('begins so many turns in a row and no more, until a person speaks', async () => {
    const house = await open({ allowBots: true, maxBotTurns: 2, groups: { '*': free } })
    const beep = (text: string): string => house.say(text, { from: bot('r2') })
    for (const text of ['one', 'two']) beep(text)
    await house.untilPosted(2)
    const third = beep('three')
    const fourth = beep('four')
    expect(await house.why(third)).toMatch(
      /not answered: bots have begun 2 turns in a row here, and no person has spoken since \(maxBotTurns/,
    )
    await house.why(fourth)
    await house.restart()
    const fifth = beep('five')
    expect(await house.why(fifth)).toContain('2 turns in a row')
    // Another room has turns of its own.
    house.say('beep', { from: bot('r2'), peer: { kind: 'group', id: 'attic' } })
    await house.untilPosted(1, 'default', 'attic')

    house.say('what is this?', { from: person('7', 'Ada') })
    await house.untilPosted(3)
    const told = contextOf(house.requests.at(-1)).map(({ text }) => text)
    expect(told).toEqual(['three', 'four', 'five'])
    beep('six')
    await house.untilPosted(4)
  })

  it('is an account of ours too, where its platform does not say what it is', async () => {
    const accounts = { red: {}, blue: {} }
    const house = await open({ groups: { '*': free }, accounts })
    const blue = { id: 'phone-of-blue', isBot: false }
    // Before it has ever written, nobody can know; its own account sees the first message that it writes.
    house.say('I am blue', { accountId: 'blue', from: { ...blue, isSelf: true } })
    await house.sim.waitFor(() => house.sim.acknowledged().length === 1, { timeoutMs: 20_000 })
    await house.restart()
    const id = house.say('hello red', { accountId: 'red', from: { ...blue, isSelf: false } })
    expect(await house.why(id)).toContain('phone-of-blue is a bot')
    expect(house.requests).toEqual([])
  })
})

describe('bots that answer each other', () => {
  /** Shows everybody in the room what the others posted, as messages of bots. Answers how many messages that made. */
  const createEcho = (house: Room, accounts: readonly string[]): (() => number) => {
    const seen = new Set<string>()
    return () => {
      const posts = house.sim
        .messages('den')
        .filter(({ id, fromSelf }) => fromSelf && !seen.has(id))
      for (const { id, accountId, text } of posts) {
        seen.add(id)
        for (const other of accounts.filter((each) => each !== accountId))
          house.sim.push({
            type: 'message',
            channel: 'sim',
            accountId: other,
            peer: den,
            nativeId: `${id}-for-${other}`,
            sender: bot(`bot-of-${accountId}`),
            sentAt: Date.now(),
            text,
            mentions: { self: false, ids: [] },
            attachments: [],
          })
      }
      return posts.length * (accounts.length - 1)
    }
  }

  it('fall silent, however many they are and whoever they call', async () => {
    await assert(
      asyncProperty(
        integer({ min: 2, max: 4 }),
        integer({ min: 1, max: 5 }),
        integer({ min: 1, max: 3 }),
        constantFrom('parallel', 'sequential'),
        async (accountCount, maxBotTurns, agentCount, strategy) => {
          const accounts = Array.from({ length: accountCount }, (_, index) => `a${index}`)
          const ids = Array.from({ length: agentCount }, (_, index) => `agent${index}`)
          const house = await openRoom(
            {
              agents: ids.map((id) => ({ id })),
              sim: {
                allowBots: true,
                maxBotTurns,
                groups: { '*': free },
                accounts: Object.fromEntries(accounts.map((id) => [id, {}])),
              },
              more: { broadcast: { strategy, groups: { den: ids } } },
            },
            // Each answer calls everybody.
            () => ids.map((id) => `@${id}`).join(' '),
          )
          try {
            const echo = createEcho(house, accounts)
            for (const accountId of accounts)
              house.say('start', { accountId, sentAt: 1_000, id: `start-${accountId}` })
            let events = 0
            for (let more = accounts.length; more > 0; more = echo()) {
              events += more
              await house.sim.waitFor(() => house.sim.acknowledged().length >= events, {
                timeoutMs: 20_000,
              })
              await house.untilQuiet()
            }
            const byPeople = accounts.length * ids.length
            const answers = house.sim.messages('den').filter(({ fromSelf }) => fromSelf)
            expect(answers.length).toBe(byPeople + maxBotTurns)
          } finally {
            await house.close()
          }
        },
      ),
      { numRuns: 8 },
    )
  }, 120_000)
})
