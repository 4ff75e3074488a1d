import type { JsonValue, Tool } from '@junctor/agent'
import { createBuiltinTools } from '@junctor/tools'
import type { ModelServerRequest, ModelStep } from '@junctor/testkit/models'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { answersIn, untilAnswers } from './conversation.ts'
import { openHouse, type House, type Settings } from './house.ts'

let house: House
let released: PromiseWithResolvers<void>
let holding = 0
afterEach(() => house.close())

/** A turn that is under way until the test releases it. */
const hold: Tool = {
  name: 'hold',
  description: 'Wait until it is time.',
  inputSchema: { type: 'object' },
  async run(_input, { signal }) {
    holding += 1
    await Promise.race([
      released.promise,
      new Promise((resolve) => signal.addEventListener('abort', resolve)),
    ])
    return 'it is time'
  },
}

const open = async (
  agents: Settings['agents'] = [{ id: 'alf' }],
  more: Settings['more'] = {},
): Promise<void> => {
  released = Promise.withResolvers()
  holding = 0
  house = await openHouse(
    { accounts: ['alf'], agents, more },
    { tools: [...createBuiltinTools().tools, hold], sweepIntervalMs: 200 },
  )
}

type Script = (request: ModelServerRequest) => ModelStep

const call = (name: string, input: JsonValue): ModelStep => ({ tools: [{ name, input }] })
const isTask = ({ lastUserText }: ModelServerRequest): boolean =>
  lastUserText.startsWith('You are a sub-agent')
const isResult = ({ lastUserText }: ModelServerRequest): boolean =>
  lastUserText.startsWith('The sub-agent')

/** The agent starts one sub-agent when its person says "go"; `child` is what that does. */
const script = (input: object, child: Script): void =>
  house.models.respond((request) => {
    const { lastUserText, toolResults } = request
    if (isTask(request)) return child(request)
    if (isResult(request)) return { text: 'The result is there.' }
    if (lastUserText !== 'go') return { text: 'ok' }
    const [result] = toolResults
    return result === undefined
      ? call('sessions_spawn', input as JsonValue)
      : { text: result.output }
  })

const go = async (input: object, child: Script): Promise<string> => {
  script(input, child)
  house.telegram.bot(house.tokenOf('alf')).say({ chat: 7, text: 'go' })
  return (await untilAnswers(house, 'alf', 7, 1))[0] ?? ''
}

const results = (): readonly string[] => [
  ...new Set(house.models.requests.filter(isResult).map(({ lastUserText }) => lastUserText)),
]
const tasks = (): readonly ModelServerRequest[] => house.models.requests.filter(isTask)
const childOf = (answer: string): string => String(JSON.parse(answer).childSessionKey)

describe('a sub-agent', () => {
  it('is accepted at once, works in a session of its own, and its result is told by the gateway', async () => {
    await open()
    const child: Script = ({ toolResults }) =>
      toolResults.length === 0 ? call('hold', {}) : { text: 'I failed. Status: error' }
    const answer = await go({ task: 'count the sheep', label: 'sheep' }, child)
    expect(JSON.parse(answer)).toMatchObject({ status: 'accepted' })
    expect(childOf(answer)).toMatch(/^agent:alf:subagent:[0-9a-f-]{36}$/)
    released.resolve()
    expect((await untilAnswers(house, 'alf', 7, 2))[1]).toBe('The result is there.')
    expect(tasks()[0]?.lastUserText).toContain('Task: count the sheep')
    const [result] = results()
    expect(result).toContain('The sub-agent "sheep" that you started (agent alf')
    expect(result).toMatch(/^Status: ok$/m)
    expect(result).toMatch(/^Stats: \d+ s, \d+ tokens in, \d+ out, anthropic\/claude-test$/m)
    expect(result).toContain('| I failed. Status: error')
    expect(await house.store.agent('alf').session(childOf(answer))).toMatchObject({ turns: 1 })
    const [story] = await house.gateway.why(String(JSON.parse(answer).runId))
    expect(story?.outcome).toBe('answered')
  })

  it('has no tools that reach other sessions, and never more than its parent', async () => {
    await open([
      { id: 'alf', tools: { deny: ['hold'] }, subagents: { allowAgents: ['bea'] } },
      { id: 'bea' },
    ])
    let tried = ''
    await go({ task: 'try', agentId: 'bea' }, ({ toolResults }) => {
      const [result] = toolResults
      if (result === undefined) return call('hold', {})
      tried = result.output
      return { text: 'done' }
    })
    await untilAnswers(house, 'alf', 7, 2)
    const offered = tasks()[0]?.toolNames ?? []
    expect(offered).toContain('read')
    expect(offered.filter((name) => /^(sessions_|agents_list|hold)/.test(name))).toEqual([])
    expect(tried).toContain('The tool "hold" is denied to this agent')
    expect(holding).toBe(0)
  })

  it.each([
    ['another agent', { task: 'a', agentId: 'bea' }, 'may start only "alf"'],
    ['an agent that there is not', { task: 'a', agentId: 'cat' }, 'may start only "alf"'],
    ['no task', { task: ' ' }, '"task" is empty'],
    ['a model that it has not', { task: 'a', model: 'x/y' }, 'is no model of agent "alf"'],
    ['an odd time', { task: 'a', runTimeoutSeconds: -1 }, '0 to 86400'],
  ])('is not started for %s', async (_name, input, reason) => {
    await open([{ id: 'alf' }, { id: 'bea' }])
    expect(await go(input, () => ({ text: 'never' }))).toContain(reason)
    expect(tasks()).toEqual([])
  })

  it('is not started where the agent may start none', async () => {
    await open([{ id: 'alf', subagents: { maxDepth: 0 } }])
    expect(await go({ task: 'a' }, () => ({ text: 'never' }))).toContain('no sub-agents')
  })

  it('is not started outside of a sandbox from inside of one', async () => {
    await open([
      {
        id: 'alf',
        sandbox: { mode: 'all' },
        tools: { sandbox: { tools: { allow: ['*'] } } },
        subagents: { allowAgents: ['bea'] },
      },
      { id: 'bea' },
    ])
    const answer = await go({ task: 'a', agentId: 'bea' }, () => ({ text: 'never' }))
    expect(answer).toContain('this session works in a sandbox')
    expect(tasks()).toEqual([])
  })

  it('starts others only as deep as it may', async () => {
    const subagents = { maxDepth: 2 }
    const tools = { subagents: { tools: { allow: ['sessions_spawn'] } } }
    await open([{ id: 'alf', subagents, tools }])
    const outputs: string[] = []
    await go({ task: 'level 1' }, ({ lastUserText, toolResults }) => {
      const [result] = toolResults
      if (result === undefined) {
        const level = Number(/level (\d)/.exec(lastUserText)?.[1])
        return call('sessions_spawn', { task: `level ${level + 1}` })
      }
      outputs.push(result.output)
      return { text: 'done' }
    })
    await vi.waitFor(() => expect(outputs).toHaveLength(2), 20_000)
    expect(outputs[0]).toContain('accepted')
    expect(outputs[1]).toContain('subagents.maxDepth of agent "alf" is 2')
  })

  it('is asked with the model that it was started with, else with that of the config', async () => {
    await open([{ id: 'alf', subagents: { model: 'anthropic/claude-small' } }], {})
    await go({ task: 'a' }, () => ({ text: 'done' }))
    await untilAnswers(house, 'alf', 7, 2)
    expect(JSON.stringify(tasks()[0]?.body)).toContain('claude-small')
    house.telegram.bot(house.tokenOf('alf')).say({ chat: 8, text: 'go' })
    script({ task: 'b', model: 'anthropic/claude-test' }, () => ({ text: 'done' }))
    await untilAnswers(house, 'alf', 8, 2)
    expect(JSON.stringify(tasks().at(-1)?.body)).toContain('claude-test')
  })

  it('that takes too long is stopped, and said to have timed out', async () => {
    await open()
    await go({ task: 'a', runTimeoutSeconds: 1 }, () => call('hold', {}))
    await untilAnswers(house, 'alf', 7, 2)
    expect(results()[0]).toMatch(/^Status: timeout$/m)
    expect(results()[0]).toContain('Result: none')
  })

  it('that fails is said to have failed', async () => {
    await open()
    await go({ task: 'a' }, () => ({ fault: { kind: 'unauthorized' } }))
    await untilAnswers(house, 'alf', 7, 2)
    expect(results()[0]).toMatch(/^Status: error$/m)
    expect(results()[0]).toMatch(/^Notes: /m)
  })

  it('works beside people’s messages, so many at a time as the agent may have', async () => {
    await open([{ id: 'alf', limits: { maxConcurrentTurns: 1 }, subagents: { maxConcurrent: 2 } }])
    house.models.respond((request) => {
      const { lastUserText, toolResults } = request
      if (isTask(request)) return toolResults.length === 0 ? call('hold', {}) : { text: 'done' }
      if (isResult(request)) return { text: 'ANNOUNCE_SKIP' }
      if (lastUserText !== 'go' || toolResults.length > 0) return { text: 'ok' }
      const spawn = (task: string) => ({ name: 'sessions_spawn', input: { task } })
      return { tools: [spawn('one'), spawn('two'), spawn('three')] }
    })
    const bot = house.telegram.bot(house.tokenOf('alf'))
    bot.say({ chat: 7, text: 'go' })
    await vi.waitFor(() => expect(holding).toBe(2), 20_000)
    bot.say({ chat: 7, text: 'and me' })
    await untilAnswers(house, 'alf', 7, 2)
    expect(tasks()).toHaveLength(2)
    released.resolve()
    await vi.waitFor(() => expect(results()).toHaveLength(3), 20_000)
    expect(holding).toBe(3)
  })

  it('ends with its parent’s /stop, and is not spoken of any more', async () => {
    await open()
    const answer = await go({ task: 'a' }, () => call('hold', {}))
    await vi.waitFor(() => expect(holding).toBe(1), 20_000)
    const bot = house.telegram.bot(house.tokenOf('alf'))
    bot.say({ chat: 7, text: '/stop' })
    expect((await untilAnswers(house, 'alf', 7, 2))[1]).toContain('I ended 1 sub-agent.')
    const [story] = await house.gateway.why(String(JSON.parse(answer).runId))
    expect(story?.summary).toContain('the session that started it was stopped')
    bot.say({ chat: 7, text: '/stop' })
    expect((await untilAnswers(house, 'alf', 7, 3))[2]).toBe('There is nothing to stop.')
    await house.restart()
    bot.say({ chat: 7, text: 'anything else?' })
    await untilAnswers(house, 'alf', 7, 4)
    expect(results()).toEqual([])
    expect(holding).toBe(1)
  })

  it('is taken up after a restart, and its result told once', async () => {
    await open()
    await go({ task: 'a' }, ({ toolResults }) =>
      toolResults.length === 0 ? call('hold', {}) : { text: 'done' },
    )
    await vi.waitFor(() => expect(holding).toBe(1), 20_000)
    await house.gateway.stop({ graceMs: 1 })
    await house.restart()
    released.resolve()
    await untilAnswers(house, 'alf', 7, 2)
    await house.restart()
    house.telegram.bot(house.tokenOf('alf')).say({ chat: 7, text: 'more' })
    await untilAnswers(house, 'alf', 7, 3)
    expect(results()).toHaveLength(1)
    expect(answersIn(house, 'alf', 7)).toHaveLength(3)
  })

  it('goes when it was to go, and is no longer listed when its time has come', async () => {
    let clock = Date.now()
    released = Promise.withResolvers()
    house = await openHouse(
      { accounts: ['alf'], agents: [{ id: 'alf' }] },
      { now: () => clock, sweepIntervalMs: 100 },
    )
    const first = await go({ task: 'a', cleanup: 'delete' }, () => ({ text: 'done' }))
    await untilAnswers(house, 'alf', 7, 2)
    const agent = house.store.agent('alf')
    await vi.waitFor(
      async () => expect(await agent.session(childOf(first))).toBeUndefined(),
      20_000,
    )
    const bot = house.telegram.bot(house.tokenOf('alf'))
    script({ task: 'b' }, () => ({ text: 'done' }))
    bot.say({ chat: 7, text: 'go' })
    const kept = childOf((await untilAnswers(house, 'alf', 7, 3))[2] ?? '')
    await untilAnswers(house, 'alf', 7, 4)
    const list = async (count: number): Promise<string> => {
      house.models.respond(({ toolResults: [result] }) =>
        result === undefined ? call('sessions_list', {}) : { text: result.output },
      )
      bot.say({ chat: 7, text: 'list' })
      return (await untilAnswers(house, 'alf', 7, count)).at(-1) ?? ''
    }
    expect(await list(5)).toContain(kept)
    clock += 61 * 60_000
    await vi.waitFor(async () => {
      expect(await house.store.gateway.table('subagents').get(kept)).toBeUndefined()
    }, 20_000)
    expect(await list(6)).not.toContain(kept)
    expect(await agent.session(kept)).toBeDefined()
  })

  it('of which nothing is known any more does nothing', async () => {
    await open()
    const { id } = await house.gateway.post({
      sessionKey: 'agent:alf:subagent:unknown',
      origin: { kind: 'session', sessionKey: 'agent:alf:main' },
      key: '1',
      text: 'do it',
    })
    await vi.waitFor(async () => {
      const [story] = await house.gateway.why(id)
      expect(story?.summary).toContain('Nothing is known of the session that started')
    }, 20_000)
    expect(house.models.requests).toEqual([])
  })

  it('goes with its agent, and whoever started it is told', async () => {
    await open([{ id: 'alf', subagents: { allowAgents: ['bea'] } }, { id: 'bea' }])
    const answer = await go({ task: 'a', agentId: 'bea' }, () => call('hold', {}))
    await vi.waitFor(() => expect(holding).toBe(1), 20_000)
    await house.gateway.reload(house.configFrom({ accounts: ['alf'], agents: [{ id: 'alf' }] }))
    await house.gateway.purgeAgent('bea')
    await untilAnswers(house, 'alf', 7, 2)
    expect(results()[0]).toMatch(/^Status: error$/m)
    expect(results()[0]).toContain('Agent "bea" was removed.')
    expect(await house.store.gateway.table('subagents').get(childOf(answer))).toBeUndefined()
    expect(await house.store.agents()).toEqual(['alf'])
  })

  it('has in its explanation what its parent has not', async () => {
    await open([
      { id: 'alf', tools: { deny: ['hold'] }, subagents: { allowAgents: ['bea'] } },
      { id: 'bea' },
    ])
    const answer = await go({ task: 'a', agentId: 'bea' }, () => ({ text: 'done' }))
    await untilAnswers(house, 'alf', 7, 2)
    const question = { agentId: 'bea', sessionKey: childOf(answer) }
    const { tools } = await house.gateway.tools(question)
    expect(tools.find(({ name }) => name === 'hold')).toMatchObject({
      allowed: false,
      layer: expect.stringContaining('the session that made this one'),
    })
    const { tools: own } = await house.gateway.tools({ agentId: 'bea' })
    expect(own.find(({ name }) => name === 'hold')).toMatchObject({ allowed: true })
  })
})
