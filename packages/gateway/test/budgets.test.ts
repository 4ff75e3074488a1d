import { afterEach, describe, expect, it, vi } from 'vitest'
import { untilAnswers } from './conversation.ts'
import { openHouse, type House, type Settings } from './house.ts'

const chat = 601
const accounts = ['red'] as const

describe('an agent with a budget for a day', () => {
  let house: House
  /** How far the gateway's clock is ahead. */
  let ahead = 0
  const open = async (more: Omit<Settings, 'accounts'>): Promise<void> => {
    ahead = 0
    house = await openHouse(
      { accounts, ...more },
      { sweepIntervalMs: 100, now: () => Date.now() + ahead },
    )
    house.models.respond(({ system }) => ({
      text: `this is ${/agent id: ([a-z-]+)/.exec(system ?? '')?.[1]}`,
      usage: { inputTokens: 900, outputTokens: 100 },
    }))
  }
  afterEach(() => house.close())

  const say = (text: string): void =>
    void house.telegram.bot(house.tokenOf('red')).say({ chat, text })
  const answers = (count: number) => untilAnswers(house, 'red', chat, count)
  const statusOf = async (id: string) =>
    (await house.gateway.status()).agents.find((agent) => agent.id === id)

  it('answers as often as it may, then says when the budget is there again', async () => {
    await open({ agents: [{ id: 'home', limits: { turnsPerDay: 2 } }] })
    say('one')
    await answers(1)
    say('two')
    await answers(2)
    say('three')
    const [, , refused] = await answers(3)
    expect(refused).toMatch(
      /my budget for today is used up; it is there again on \d+ \w+ \d{4} at 00:00/,
    )
    expect(house.models.requests).toHaveLength(2)
    expect(await statusOf('home')).toMatchObject({
      state: 'over-budget',
      reason: 'turnsPerDay allows 2, and 2 are used today',
      today: { turns: 2, tokens: 2_000 },
    })

    await house.restart()
    say('four')
    expect((await answers(4))[3]).toContain('my budget for today is used up')
    ahead = 24 * 60 * 60_000
    say('five')
    expect((await answers(5))[4]).toBe('this is home')
  })

  it('stops before a call that might not fit', async () => {
    await open({
      agents: [{ id: 'home', limits: { tokensPerDay: 20_000, maxOutputTokens: 8_000 } }],
    })
    const usage = { inputTokens: 5_900, outputTokens: 100 }
    house.models.respond(() => ({ text: 'first', usage }))
    say('one')
    expect(await answers(1)).toEqual(['first'])
    // 6,000 are used. With 8,000 set aside for each answer there is room for one more call, not for two.
    house.models.respond(() => ({ tools: [{ name: 'session_status', input: {} }], usage }))
    say('two')
    expect((await answers(2))[1]).toContain('my budget for today is used up')
    expect(house.models.requests).toHaveLength(2)
    expect(await statusOf('home')).toMatchObject({
      state: 'over-budget',
      today: { tokens: 12_000 },
    })
  })

  it('counts money by the price of the model, and hands over to who stands in', async () => {
    await open({
      agents: [
        { id: 'home', limits: { usdPerDay: 0.7, maxOutputTokens: 100 }, fallback: ['work'] },
        { id: 'work' },
      ],
      models: { prices: { 'anthropic/claude-test': { input: 100, output: 100 } } },
    })
    house.models.reply({ text: 'first', usage: { inputTokens: 5_900, outputTokens: 100 } })
    say('one')
    expect(await answers(1)).toEqual(['first'])
    expect((await statusOf('home'))?.today?.usd).toBeCloseTo(0.6, 6)
    say('two')
    expect((await answers(2))[1]).toBe('this is work')
    expect(await statusOf('home')).toMatchObject({ state: 'over-budget', dead: 1, pending: 0 })
    say('three')
    expect((await answers(3))[2]).toBe('this is work')
    expect(await statusOf('home')).toMatchObject({ dead: 1 })
  })

  it('lets messages wait for the next day where they are to wait', async () => {
    await open({
      agents: [{ id: 'home', limits: { turnsPerDay: 1 } }],
      more: { routing: { onUnavailable: 'queue' } },
    })
    say('one')
    await answers(1)
    say('two')
    await vi.waitFor(
      async () => expect(await statusOf('home')).toMatchObject({ pending: 1 }),
      10_000,
    )
    ahead = 24 * 60 * 60_000
    expect(await answers(2)).toEqual(['this is home', 'this is home'])
  })

  it('ends a turn when the time for the day is up', async () => {
    await open({ agents: [{ id: 'home', limits: { wallTimePerDayMs: 400 } }] })
    house.models.respond(() => ({ text: 'late', fault: { kind: 'stall', afterEvents: 2 } }))
    say('one')
    expect((await answers(1))[0]).toContain('it took too long')
    house.models.respond(() => ({ text: 'soon' }))
    say('two')
    expect((await answers(2))[1]).toContain('my budget for today is used up')
  })
})

describe('switching a model', () => {
  let house: House
  afterEach(() => house.close())

  it('of one agent or one conversation leaves every other as it was', async () => {
    const settings = (model: string): Settings => ({
      accounts: ['red', 'blue'],
      agents: [{ id: 'a', model }, { id: 'b' }],
      bindings: [{ agentId: 'b', match: { channel: 'telegram', accountId: 'blue' } }],
      telegram: { allowFrom: ['701', '702'] },
      models: { aliases: { other: 'anthropic/claude-other' } },
    })
    house = await openHouse(settings('anthropic/claude-test'))
    house.models.respond(({ model }) => ({ text: `by ${model}` }))
    const ask = async (account: string, inChat: number, count: number): Promise<string> => {
      house.telegram.bot(house.tokenOf(account)).say({ chat: inChat, text: 'hello' })
      return (await untilAnswers(house, account, inChat, count))[count - 1] ?? ''
    }
    expect(await ask('red', 701, 1)).toBe('by claude-test')
    expect(await ask('blue', 701, 1)).toBe('by claude-test')

    await house.gateway.reload(house.configFrom(settings('anthropic/claude-other')))
    expect(await ask('red', 701, 2)).toBe('by claude-other')
    expect(await ask('blue', 701, 2)).toBe('by claude-test')
    const models = await Promise.all(
      ['a', 'b'].map(async (id) =>
        (await house.store.agent(id).sessions()).map(({ model }) => model),
      ),
    )
    expect(models).toEqual([['anthropic/claude-other'], ['anthropic/claude-test']])

    // In one conversation alone, and by somebody who may.
    house.telegram.bot(house.tokenOf('blue')).say({ chat: 701, text: '/model other' })
    await untilAnswers(house, 'blue', 701, 3)
    expect(await ask('blue', 701, 4)).toBe('by claude-other')
    expect(await ask('blue', 702, 1)).toBe('by claude-test')
    expect(await ask('red', 702, 1)).toBe('by claude-other')
  })
})

describe('an agent that keeps failing', () => {
  let house: House
  afterEach(() => house.close())

  it('is stood in for until a turn shows that it works again', async () => {
    let ahead = 0
    house = await openHouse(
      { accounts, agents: [{ id: 'home', fallback: ['work'] }, { id: 'work' }] },
      { sweepIntervalMs: 100, now: () => Date.now() + ahead },
    )
    let isBroken = true
    house.models.respond(({ system }) => {
      const agent = /agent id: ([a-z-]+)/.exec(system ?? '')?.[1]
      return isBroken && agent === 'home'
        ? { fault: { kind: 'unauthorized' } }
        : { text: `this is ${agent}` }
    })
    const say = async (count: number): Promise<string> => {
      house.telegram.bot(house.tokenOf('red')).say({ chat, text: `message ${count}` })
      return (await untilAnswers(house, 'red', chat, count))[count - 1] ?? ''
    }
    for (let count = 1; count <= 5; count += 1) expect(await say(count)).toContain('no valid key')
    const state = () => house.gateway.agents().find(({ id }) => id === 'home')?.state
    await vi.waitFor(() => expect(state()).toBe('failing'), 10_000)
    expect(await say(6)).toBe('this is work')
    isBroken = false
    ahead = 61_000
    expect(state()).toBe('available')
    expect(await say(7)).toBe('this is home')
    expect(await say(8)).toBe('this is home')
  })
})
