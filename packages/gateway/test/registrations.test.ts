import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answersIn, storyOf, textOfStory, untilAnswers } from './conversation.ts'
import { openHouse, type House, type Settings } from './house.ts'

const settings: Settings = { accounts: ['red'], agents: [{ id: 'home' }] }
const toSales = { agentId: 'sales', match: { channel: 'telegram', accountId: 'red' } }

let house: House
let later = 0

beforeEach(async () => {
  later = 0
  house = await openHouse(settings, { now: () => Date.now() + later })
  house.models.respond(({ system, lastUserText }) => ({
    text: `${/agent id: ([a-z]+)/.exec(system ?? '')?.[1]}: ${lastUserText}`,
  }))
})
afterEach(() => house.close())

let said = 0
const say = async (text: string): Promise<{ readonly id: number; readonly answer: string }> => {
  const { message_id: id } = house.telegram.bot(house.tokenOf('red')).say({ chat: 7, text })
  said = answersIn(house, 'red', 7).length + 1
  const answers = await untilAnswers(house, 'red', 7, said)
  return { id, answer: answers[said - 1] ?? '' }
}
const states = (): readonly string[] =>
  house.gateway.registrations.list().map(({ kind, state }) => `${kind} ${state}`)

describe('a runtime agent', () => {
  it('starts no programs of its own and reads no private hosts', async () => {
    for (const tools of [{ mcp: { a: { command: 'a' } } }, { web: { fetch: {} } }])
      await expect(
        house.gateway.registrations.addAgent({ id: 'sales', tools }),
      ).rejects.toMatchObject({
        code: 'REGISTRATION_REFUSED',
        message: expect.stringContaining(`no "${Object.keys(tools)[0]}"`),
      })
    expect(states()).toEqual([])
  })

  it('answers at once, is told apart, survives a restart, and is really gone when it is removed', async () => {
    const { registrations } = house.gateway
    await registrations.addAgent({ id: 'Sales', name: 'Sales' }, { owner: 'ops' })
    await registrations.bind(toSales)
    expect((await say('one')).answer).toBe('sales: one')
    expect(house.gateway.agents()).toMatchObject([
      { id: 'home', isDefault: true },
      { id: 'sales', name: 'Sales', runtime: { owner: 'ops' } },
    ])
    expect(house.gateway.agents()[0]).not.toHaveProperty('runtime')

    await house.restart()
    const two = await say('two')
    expect(two.answer).toBe('sales: two')
    expect(states()).toEqual(['agent in-force', 'binding in-force'])
    await expect(house.gateway.purgeAgent('sales')).rejects.toMatchObject({
      code: 'AGENT_CONFIGURED',
    })

    const removed = await house.gateway.registrations.removeAgent('sales')
    expect(removed).toMatchObject({ agent: { id: 'sales' }, bindings: [{ kind: 'binding' }] })
    expect(await house.gateway.purgeAgent('sales')).toMatchObject({
      messages: 2,
      turns: 2,
      sessions: 1,
    })
    expect(await house.store.agents()).not.toContain('sales')
    expect(existsSync(join(house.stateDir, 'agents', 'sales', 'sessions'))).toBe(false)
    expect(await house.gateway.why(String(two.id))).toEqual([])
    expect(house.gateway.agents()).toMatchObject([{ id: 'home' }])
    expect((await say('three')).answer).toBe('home: three')
    await house.restart()
    expect(states()).toEqual([])
    await expect(house.gateway.registrations.removeAgent('sales')).rejects.toMatchObject({
      code: 'UNKNOWN_REGISTRATION',
    })
  })

  it.each<readonly [string, Readonly<Record<string, string | object>>, RegExp]>([
    ['an id that is taken', { id: 'HOME' }, /There is an agent "home" already/],
    ['an unknown key', { id: 'a', modle: 'x' }, /unknown key "modle"; did you mean "model"\?/],
    ['an id that is none', { id: 'a b' }, /is not an agent id/],
    ['no id', { name: 'x' }, /"id" is missing/],
    ['the agentDir of another', { id: 'a', agentDir: 'agents/home/agent' }, /have one agentDir/],
    ['an account', { id: 'a', accounts: {} }, /A runtime agent has no "accounts"/],
  ])('is refused with %s, and nothing changes', async (_name, agent, says) => {
    await expect(house.gateway.registrations.addAgent(agent as never)).rejects.toMatchObject({
      code: 'REGISTRATION_REFUSED',
      message: expect.stringMatching(says),
    })
    expect(states()).toEqual([])
    await house.restart()
    expect(states()).toEqual([])
  })

  it('is set aside by an edit of the config that it does not go together with, and comes back', async () => {
    const { registrations } = house.gateway
    await registrations.addAgent({ id: 'sales', name: 'Ours' })
    await registrations.addAgent({ id: 'office' })
    await registrations.bind({ agentId: 'office', match: { channel: 'telegram' } })
    await registrations.bind(toSales)
    const reload = (agents: Settings['agents']): Promise<readonly string[]> =>
      house.gateway.reload(house.configFrom({ ...settings, agents }))

    await reload([
      { id: 'home' },
      { id: 'sales', name: 'Theirs' },
      { id: 'x', agentDir: 'agents/office/agent' },
    ])
    expect(states()).toEqual([
      'agent set-aside',
      'agent set-aside',
      'binding set-aside',
      'binding in-force',
    ])
    const { setAside } = await house.gateway.status()
    expect(setAside).toEqual([
      expect.stringMatching(/^runtime agent "sales": .*already has the id "sales"/),
      expect.stringMatching(/^runtime agent "office": .*have one agentDir/),
      expect.stringMatching(/^runtime binding "bind_\w+": .*there is no agent "office"/),
    ])
    expect(house.gateway.agents()).toMatchObject([{}, { id: 'sales', name: 'Theirs' }, { id: 'x' }])
    expect((await say('one')).answer).toBe('sales: one')

    await reload(settings.agents)
    expect(states()).toEqual(
      Array.from({ length: 4 }, (_, index) => `${index < 2 ? 'agent' : 'binding'} in-force`),
    )
    expect((await house.gateway.status()).setAside).toEqual([])
  })

  it('that is purged while it answers says nothing more, and leaves nothing', async () => {
    const { registrations } = house.gateway
    await registrations.addAgent({ id: 'sales' })
    await registrations.bind(toSales)
    house.models.reply({ text: 'never seen', fault: { kind: 'stall', afterEvents: 2 } })
    const bot = house.telegram.bot(house.tokenOf('red'))
    bot.say({ chat: 8, text: 'slow' })
    await house.models.waitFor(({ lastUserText }) => lastUserText === 'slow')
    bot.say({ chat: 8, text: 'after it' })
    await registrations.removeAgent('sales')
    const removed = await house.gateway.purgeAgent('sales')
    expect(removed).toMatchObject({ sessions: 1, turns: 0 })
    expect((await say('next')).answer).toBe('home: next')
    await house.gateway.stop()
    expect(await house.store.agents()).toEqual(['home'])
    expect(answersIn(house, 'red', 8).filter((text) => !text.startsWith('home: after it'))).toEqual(
      [],
    )
  })
})

describe('a runtime binding', () => {
  it('vanishes when its time is over, by the clock that the gateway was given', async () => {
    const { registrations } = house.gateway
    await registrations.addAgent({ id: 'sales' })
    const { status, binding } = await registrations.bind(toSales, { ttlMs: 3_600_000 })
    expect(status).toBe('added')
    expect((await say('one')).answer).toBe('sales: one')
    later = 3_599_000
    expect((await say('two')).answer).toBe('sales: two')
    later = 3_700_000
    const three = await say('three')
    expect(three.answer).toBe('home: three')
    expect(states()).toEqual(['agent in-force', 'binding expired'])
    const story = await storyOf(house, three.id)
    expect(textOfStory(story)).toContain(
      `The runtime binding "${binding?.id}" to agent "sales" does not count: it expired at `,
    )
    later += 8 * 24 * 3_600_000
    await house.restart()
    expect(states()).toEqual(['agent in-force'])
  })

  it('is made once, and never takes what another agent has', async () => {
    const { registrations } = house.gateway
    await registrations.addAgent({ id: 'sales' })
    const first = await registrations.bind(toSales)
    expect(await registrations.bind({ ...toSales, agentId: 'SALES' })).toEqual({
      status: 'skipped',
      binding: first.binding,
    })
    await expect(registrations.bind({ ...toSales, agentId: 'home' })).rejects.toMatchObject({
      code: 'REGISTRATION_CONFLICT',
      message: expect.stringContaining('Agent "sales" has these messages already'),
    })
    for (const binding of [
      { ...toSales, agentId: 'nobody', match: { channel: 'web' } },
      { agentId: 'sales' },
    ])
      await expect(registrations.bind(binding)).rejects.toMatchObject({
        code: 'REGISTRATION_REFUSED',
      })
    await registrations.unbind(first.binding?.id ?? '')
    expect((await say('one')).answer).toBe('home: one')
    await expect(registrations.unbind(first.binding?.id ?? '')).rejects.toMatchObject({
      code: 'UNKNOWN_REGISTRATION',
    })
  })
})
