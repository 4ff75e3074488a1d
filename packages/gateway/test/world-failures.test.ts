import { StoreError, type AgentStore, type Store } from '@junctor/store'
import { openSqliteStore } from '@junctor/store-sqlite'
import type { TelegramBot } from '@junctor/testkit/telegram'
import { afterEach, describe, expect, it } from 'vitest'
import { answersIn, storyOf, textOfStory, untilAnswers } from './conversation.ts'
import { openHouse, type House } from './house.ts'

const agents = [{ id: 'main' }]

let house: House

afterEach(() => house.close())

const botOf = (accountId: string): TelegramBot => house.telegram.bot(house.tokenOf(accountId))
const stateOf = async (accountId: string) =>
  (await house.gateway.status()).channels.find((account) => account.accountId === accountId)

/** Resolves when the account's health is as wanted. */
const untilState = async (accountId: string, state: string): Promise<void> => {
  while ((await stateOf(accountId))?.state !== state)
    await new Promise((resolve) => house.gateway.events.once('account:health', resolve))
}

describe('a bot token that Telegram refuses', () => {
  it('from the start disables its account, says so, and leaves the other alone', async () => {
    house = await openHouse({ agents, accounts: ['good'] })
    const settings = { agents, accounts: ['good', 'bad'] }
    await house.gateway.reload(house.configFrom(settings))
    expect(await stateOf('bad')).toMatchObject({
      state: 'disabled',
      reason: expect.stringContaining('set the `botToken` that @BotFather shows'),
    })
    botOf('good').say({ chat: 7, text: 'hello' })
    expect(await untilAnswers(house, 'good', 7, 1)).toEqual(['ok'])
  })

  it('later on needs a login, says so, and leaves the other alone', async () => {
    house = await openHouse({ agents, accounts: ['good', 'bad'] })
    await house.telegram.waitFor(() => botOf('bad').isPolled())
    botOf('bad').revoke()
    await untilState('bad', 'needs-login')
    expect((await stateOf('bad'))?.reason).toContain('set a new botToken')
    botOf('good').say({ chat: 7, text: 'hello' })
    expect(await untilAnswers(house, 'good', 7, 1)).toEqual(['ok'])
  })
})

describe('a second process that polls the same bot', () => {
  it('is named in the status, and messages go on when it has gone', async () => {
    house = await openHouse({ agents, accounts: ['desk'] })
    await house.telegram.waitFor(() => botOf('desk').isPolled())
    botOf('desk').takeOver()
    await untilState('desk', 'degraded')
    expect((await stateOf('desk'))?.reason).toContain('another process polls this bot')
    botOf('desk').say({ chat: 7, text: 'hello' })
    expect(await untilAnswers(house, 'desk', 7, 1)).toEqual(['ok'])
    await untilState('desk', 'online')
  })
})

describe('a disk that is full', () => {
  it('acknowledges nothing, and everything is answered once when there is room', async () => {
    house = await openHouse({ agents, accounts: ['desk'] })
    await house.gateway.stop()
    await house.store.close()
    const full = openFullStore(house)
    await house.restart({ store: full.store })
    for (const chat of [7, 8, 9]) botOf('desk').say({ chat, text: 'hello' })
    await untilState('desk', 'degraded')
    expect((await stateOf('desk'))?.reason).toContain('could not be stored')
    expect(botOf('desk').waiting()).toHaveLength(3)
    expect(botOf('desk').confirmed()).toEqual([])
    full.makeRoom()
    for (const chat of [7, 8, 9]) await untilAnswers(house, 'desk', chat, 1)
    await untilState('desk', 'online')
    for (const chat of [7, 8, 9]) expect(answersIn(house, 'desk', chat)).toEqual(['ok'])
    await house.gateway.stop()
    expect(botOf('desk').waiting()).toEqual([])
  })
})

describe('updates that are garbage', () => {
  it('are passed over, recorded nowhere as answered, and the next message is answered', async () => {
    house = await openHouse({ agents, accounts: ['desk'] })
    const bot = botOf('desk')
    bot.push({ message: 'not an object' })
    bot.push({ message: { message_id: 'x', chat: null, from: 3 } })
    bot.push({ message: { chat: { id: 7 } } })
    bot.push({ edited_message: {} })
    bot.push({ nobody_knows_this: { deep: [{}] } })
    bot.faults.add({ on: 'getUpdates', kind: 'garbage' })
    bot.say({ chat: 7, text: 'hello' })
    expect(await untilAnswers(house, 'desk', 7, 1)).toEqual(['ok'])
    await house.gateway.stop()
    expect(bot.waiting()).toEqual([])
    expect(house.models.requests).toHaveLength(1)
  })
})

describe('a message of ten megabytes', () => {
  it('is refused and recorded with the setting that lifts the limit', async () => {
    house = await openHouse({ agents, accounts: ['desk'] })
    const bot = botOf('desk')
    const { message_id: id } = bot.say({ chat: 7, text: 'x'.repeat(10 * 1024 * 1024) })
    bot.say({ chat: 7, text: 'hello' })
    expect(await untilAnswers(house, 'desk', 7, 1)).toEqual(['ok'])
    const story = await storyOf(house, id)
    expect(story.outcome).toBe('refused')
    expect(textOfStory(story)).toContain('more than the 262144 that gateway.maxMessageBytes allows')
    expect((await house.gateway.status()).refusals).toBe(1)
    expect(JSON.stringify(story).length).toBeLessThan(10_000)
  })

  it('is let in when the setting allows it', async () => {
    const more = { gateway: { maxMessageBytes: 1_000_000 } }
    house = await openHouse({ agents, accounts: ['desk'], more })
    botOf('desk').say({ chat: 7, text: 'x'.repeat(900_000) })
    expect(await untilAnswers(house, 'desk', 7, 1)).toEqual(['ok'])
  })
})

/** The store of a house, without room for messages until `makeRoom`. */
function openFullStore({ stateDir }: House): {
  readonly store: Store
  readonly makeRoom: () => void
} {
  let isFull = true
  const store = openSqliteStore({ stateDir })
  const wrap = (agent: AgentStore): AgentStore => ({
    ...agent,
    async accept(message) {
      if (isFull) throw new StoreError('FULL', 'The disk is full.')
      return agent.accept(message)
    },
  })
  return {
    store: { ...store, agent: (id) => wrap(store.agent(id)) },
    makeRoom: () => {
      isFull = false
    },
  }
}
