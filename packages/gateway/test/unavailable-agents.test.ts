import type { Tool } from '@junctor/agent'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { answersIn, storyOf, textOfStory, untilAnswers } from './conversation.ts'
import { openHouse, type House, type Settings } from './house.ts'

const chat = 501
const people = ['red'] as const

/** A tool that ends when the test says so. */
function createLatch(): { readonly tool: Tool; readonly reached: Promise<void>; open(): void } {
  const reached = Promise.withResolvers<undefined>()
  const opened = Promise.withResolvers<undefined>()
  const tool: Tool = {
    name: 'wait',
    description: 'Waits',
    inputSchema: { type: 'object' },
    async run() {
      reached.resolve(undefined)
      await opened.promise
      return 'done'
    },
  }
  return { tool, reached: reached.promise, open: () => opened.resolve(undefined) }
}

describe('agents that cannot answer', () => {
  let house: House
  const settings = (more: Partial<Settings> = {}): Settings => ({
    accounts: people,
    agents: [{ id: 'home', fallback: ['work'] }, { id: 'work' }],
    ...more,
  })
  const open = async (
    more: Partial<Settings> = {},
    options: Parameters<typeof openHouse>[1] = {},
  ): Promise<void> => {
    house = await openHouse(settings(more), { sweepIntervalMs: 100, ...options })
    house.models.respond(({ system }) => ({
      text: `this is ${/agent id: ([a-z-]+)/.exec(system ?? '')?.[1]}`,
    }))
  }
  afterEach(() => house.close())

  const say = (text: string, inChat = chat): number =>
    house.telegram.bot(house.tokenOf('red')).say({ chat: inChat, text }).message_id
  const answers = (count: number, inChat = chat) => untilAnswers(house, 'red', inChat, count)
  const routing = (more: object): Pick<Settings, 'more'> => ({ more: { routing: more } })
  const stateOf = (id: string) => house.gateway.agents().find((agent) => agent.id === id)

  it('are stood in for by another agent, in its own session', async () => {
    await open()
    say('one')
    await answers(1)
    await house.gateway.pauseAgent('home', { reason: 'moving house' })
    expect(stateOf('home')).toMatchObject({ state: 'paused', reason: 'moving house' })
    const second = say('two')
    expect(await answers(2)).toEqual(['this is home', 'this is work'])

    const [own] = await house.store.agent('home').sessions()
    expect(own?.turns).toBe(1)
    const [other] = await house.store.agent('work').sessions()
    expect(other?.sessionKey).toBe(own?.sessionKey.replace('agent:home:', 'agent:work:'))
    const story = textOfStory(await storyOf(house, second))
    expect(story).toContain('and stands in for agent "home", which is paused')

    await house.gateway.resumeAgent('home')
    say('three')
    expect(await answers(3)).toEqual(['this is home', 'this is work', 'this is home'])
    expect(await house.store.agent('home').session(own?.sessionKey ?? '')).toMatchObject({
      turns: 2,
    })
  })

  it('tell people so where nobody stands in', async () => {
    await open({ agents: [{ id: 'home' }] })
    await house.gateway.pauseAgent('home', { reason: 'back at nine' })
    const id = say('hello')
    const [answer] = await answers(1)
    expect(answer).toContain('I am paused at the moment (back at nine)')
    expect(house.models.requests).toEqual([])
    await vi.waitFor(
      async () =>
        expect(await storyOf(house, id)).toMatchObject({
          outcome: 'failed',
          summary: 'Agent home could not answer it: agent "home" is paused: back at nine.',
        }),
      10_000,
    )
  })

  it('answer later what waited for them, also after a restart', async () => {
    await open(routing({ onUnavailable: 'queue' }))
    await house.gateway.pauseAgent('home')
    const id = say('hello')
    await vi.waitFor(
      async () => expect(await storyOf(house, id)).toMatchObject({ outcome: 'waiting' }),
      {
        timeout: 10_000,
      },
    )
    await house.restart()
    expect(stateOf('home')).toMatchObject({ state: 'paused' })
    expect(await storyOf(house, id)).toMatchObject({ outcome: 'waiting' })
    await house.gateway.resumeAgent('home')
    expect(await answers(1)).toEqual(['this is home'])
    expect(textOfStory(await storyOf(house, id))).not.toContain('stands in')
  })

  it('are told to pause by the config, while the gateway runs', async () => {
    await open({ agents: [{ id: 'home' }, { id: 'work' }] })
    const paused = settings({
      agents: [{ id: 'home', paused: true, fallback: ['work'] }, { id: 'work' }],
    })
    await house.gateway.reload(house.configFrom(paused))
    say('hello')
    expect(await answers(1)).toEqual(['this is work'])
    await expect(house.gateway.resumeAgent('home')).rejects.toMatchObject({
      code: 'PAUSED_BY_CONFIG',
    })
    await expect(house.gateway.pauseAgent('nobody')).rejects.toMatchObject({
      code: 'UNKNOWN_AGENT',
    })
  })

  it.each([
    [{}, 'this is work'],
    [{ onUnavailable: 'reject' }, expect.stringContaining('I am paused at the moment')],
  ])(
    'pass on or refuse what waits for them already, as onUnavailable says: %j',
    async (choice, expected) => {
      const latch = createLatch()
      const oneAtATime = { id: 'home', fallback: ['work'], limits: { maxConcurrentTurns: 1 } }
      await open(
        { agents: [oneAtATime, { id: 'work' }], ...routing(choice) },
        { tools: [latch.tool] },
      )
      house.models.reply({ tools: [{ name: 'wait', input: {} }] })
      say('busy', 901)
      await latch.reached
      expect(stateOf('home')).toMatchObject({ state: 'busy' })
      const id = say('waiting')
      const stored = async (): Promise<number> =>
        (await house.store.agent('home').counts()).inbox.pending
      await vi.waitFor(async () => expect(await stored()).toBe(1), { timeout: 10_000 })
      await house.gateway.pauseAgent('home')
      latch.open()
      expect(await answers(1)).toEqual([expected])
      // The turn that ran when the agent was paused went on.
      expect(await answers(1, 901)).toEqual(['this is home'])
      if (typeof expected !== 'string') return
      const stories = await vi.waitFor(async () => {
        const found = await house.gateway.why(String(id))
        expect(found.map(({ outcome }) => outcome).toSorted()).toEqual(['answered', 'handed-over'])
        return found
      }, 10_000)
      expect(stories.find(({ outcome }) => outcome === 'handed-over')?.summary).toBe(
        'It was handed over to agent "work": agent "home" is paused.',
      )
      const shown = await house.gateway.conversation(
        { channel: 'telegram', accountId: 'red', peer: { kind: 'dm', id: String(chat) } },
        { limit: 10 },
      )
      expect(shown.map(({ agentId, direction }) => [agentId, direction])).toEqual([
        ['work', 'in'],
        ['work', 'out'],
      ])
      expect(await house.store.agent('home').counts()).toMatchObject({ inbox: { pending: 0 } })
    },
  )

  it('are stood in for in a room when people call them by their own names', async () => {
    await open({
      agents: [
        { id: 'home', identity: { name: 'Homer' }, fallback: ['work'] },
        { id: 'work', identity: { name: 'Walter' } },
      ],
      telegram: { groups: { '*': { requireMention: true } } },
    })
    await house.gateway.pauseAgent('home')
    const room = -5_001
    say('nobody in particular', room)
    say('Homer, are you there?', room)
    expect(await answers(1, room)).toEqual(['this is work'])
    const [session] = await house.store.agent('work').sessions()
    expect(session?.turns).toBe(1)
  })

  it('are not stood in for by one that may not answer this person', async () => {
    await open({
      agents: [
        { id: 'home', fallback: ['work'] },
        { id: 'work', allowFrom: ['999'] },
      ],
    })
    await house.gateway.pauseAgent('home')
    say('hello')
    expect(await answers(1)).toEqual([expect.stringContaining('I am paused at the moment')])
  })
})

describe('policies', () => {
  let house: House
  afterEach(() => house.close())

  it('route by what a message says, and explain it', async () => {
    house = await openHouse({
      accounts: people,
      agents: [{ id: 'home' }, { id: 'ada', roles: ['billing'] }],
      more: {
        routing: {
          policies: [
            { id: 'never', when: { sender: ['1'] }, to: 'ada' },
            { id: 'money', when: { channel: 'telegram', text: '\\binvoice' }, to: 'role:billing' },
          ],
        },
      },
    })
    house.models.respond(({ system }) => ({
      text: /agent id: ([a-z-]+)/.exec(system ?? '')?.[1] ?? '',
    }))
    const bot = house.telegram.bot(house.tokenOf('red'))
    bot.say({ chat, text: 'hello' })
    await untilAnswers(house, 'red', chat, 1)
    const { message_id: id } = bot.say({ chat, text: 'My Invoice is wrong' })
    expect(await untilAnswers(house, 'red', chat, 2)).toEqual(['home', 'ada'])
    expect(answersIn(house, 'red', chat)).toHaveLength(2)

    const rules = house.configFrom({ accounts: people, agents: [{ id: 'home' }] })
    await house.gateway.reload(rules)
    // By the rules of its time, which are not in force any more.
    const story = textOfStory(await storyOf(house, id))
    expect(story).toContain('no binding fits, and policies[1] ("money") does with')
    expect(story).toContain(
      'policies[0] ("never") for agent "ada" needs sender "1"; the message has sender',
    )
  })
})
