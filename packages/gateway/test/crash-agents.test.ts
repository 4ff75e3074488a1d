import type { ChildProcess } from 'node:child_process'
import { openSqliteStore } from '@junctor/store-sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCrashHouse, type CrashHouse } from './crash-house.ts'
import type { CrashOptions } from './crashing-gateway.ts'

type Crash = Pick<CrashOptions, 'crashAt' | 'call' | 'where'>

let house: CrashHouse

beforeEach(async () => {
  house = await openCrashHouse()
})
afterEach(() => house.close())

const start = (crash: Crash = {}): ChildProcess =>
  house.spawn({
    config: house.configWith({
      agents: {
        defaults: { model: 'anthropic/claude-test' },
        list: [{ id: 'main' }, { id: 'work' }],
      },
      tools: { agentToAgent: { enabled: true, allow: ['*'] } },
      session: { dmScope: 'per-peer', agentToAgent: { maxPingPongTurns: 0 } },
    }),
    ...crash,
  })

const untilAnswered = (part: string): Promise<void> =>
  house.platform.waitFor(() => house.answers().some((answer) => answer.includes(part)), {
    timeoutMs: 30_000,
  })

/** How often what was said in each session of an agent, apart from tool calls, by who said it. */
const saidBy = async (agentId: string): Promise<ReadonlyMap<string, readonly string[]>> => {
  const store = openSqliteStore({ stateDir: house.stateDir, mode: 'read-only' })
  try {
    const said = new Map<string, string[]>()
    for (const { sessionKey } of await store.agent(agentId).sessions())
      said.set(
        sessionKey,
        (await store.agent(agentId).transcript(sessionKey, { limit: 100 })).flatMap(
          ({ role, parts }) =>
            role === 'tool' ? [] : parts.map((part) => `${role}: ${JSON.stringify(part)}`),
        ),
      )
    return said
  } finally {
    await store.close()
  }
}

/** A last message, answered, shows that nothing of the others is still to come; then everything is looked at. */
const settle = async (child: ChildProcess): Promise<void> => {
  house.bot.say({ chat: 7, text: 'last' })
  await untilAnswered('the end')
  await house.stop(child)
}

const countOf = (texts: Iterable<string>, part: string): number =>
  [...texts].filter((text) => text.includes(part)).length

describe('a gateway process that is killed while an agent starts a sub-agent', () => {
  beforeEach(() => {
    house.models.respond(({ lastUserText, toolResults }) => {
      if (lastUserText.startsWith('You are a sub-agent')) return { text: 'seven sheep' }
      if (lastUserText.startsWith('The sub-agent')) return { text: 'There are seven.' }
      if (lastUserText === 'last') return { text: 'the end' }
      if (toolResults.length > 0) return { text: 'They are being counted.' }
      return { tools: [{ name: 'sessions_spawn', input: { task: 'count the sheep' } }] }
    })
  })

  it.each<readonly [string, Crash]>([
    ['before the call is written down', { crashAt: 'journal:before' }],
    ['after the call is written down', { crashAt: 'journal:after' }],
    ['after the sub-agent is known', { crashAt: 'subagents:after' }],
    ['before the task is written down', { crashAt: 'subagent-runs:before' }],
    ['after the task is written down', { crashAt: 'subagent-runs:after' }],
    ['before the task is in its mailbox', { crashAt: 'accept:before', where: 'count the sheep' }],
    ['after the task is in its mailbox', { crashAt: 'accept:after', where: 'count the sheep' }],
    ['before the call’s result is noted', { crashAt: 'journal:before', where: 'runId' }],
    ['after the call’s result is noted', { crashAt: 'journal:after', where: 'runId' }],
    ['before the sub-agent’s turn commits', { crashAt: 'commit:before', where: ':subagent:' }],
    ['after its turn commits', { crashAt: 'commit:after', where: 'seven sheep' }],
    ['before its end is told', { crashAt: 'accept:before', where: 'has ended' }],
    ['after its end is told', { crashAt: 'accept:after', where: 'has ended' }],
    ['before its end is noted', { crashAt: 'subagents:before', where: 'endedAt' }],
    ['after its end is noted', { crashAt: 'subagents:after', where: 'endedAt' }],
    ['before its result is answered', { crashAt: 'commit:before', where: 'There are seven' }],
  ])('%s starts one, and tells its end once', async (_name, crash) => {
    const child = start(crash)
    house.bot.say({ chat: 7, text: 'go' })
    await house.ended(child)
    const next = start()
    await untilAnswered('There are seven.')
    await untilAnswered('They are being counted.')
    await settle(next)
    expect(countOf(house.answers(), 'There are seven.')).toBe(1)
    const said = await saidBy('main')
    // An answer that was just being sent may be sent again; it is said once.
    expect(countOf(said.get('agent:main:dm:7') ?? [], 'They are being counted.')).toBe(1)
    const subagents = [...said].filter(([sessionKey]) => sessionKey.includes(':subagent:'))
    expect(subagents).toHaveLength(1)
    expect(countOf(subagents[0]?.[1] ?? [], 'seven sheep')).toBe(1)
    expect(countOf(said.get('agent:main:dm:7') ?? [], 'has ended')).toBe(1)
    expect(countOf(said.get('agent:main:dm:7') ?? [], 'sessions_spawn')).toBe(1)
  })
})

describe('a gateway process that is killed while an agent waits for another', () => {
  beforeEach(() => {
    house.models.respond(({ lastUserText, toolResults: [result] }) => {
      if (lastUserText.includes('| how many?')) return { text: 'seven' }
      if (lastUserText === 'last') return { text: 'the end' }
      if (result !== undefined) return { text: `It said: ${result.output}` }
      const input = { agentId: 'work', message: 'how many?', timeoutSeconds: 60 }
      return { tools: [{ name: 'sessions_send', input }] }
    })
  })

  it.each<readonly [string, Crash]>([
    ['after the call is written down', { crashAt: 'journal:after' }],
    ['after the message is written down', { crashAt: 'exchanges:after' }],
    ['before the message is in the mailbox', { crashAt: 'accept:before', where: 'how many?' }],
    ['after the message is in the mailbox', { crashAt: 'accept:after', where: 'how many?' }],
    ['before the other commits', { crashAt: 'commit:before', where: 'agent:work:main' }],
    ['after the other commits', { crashAt: 'commit:after', where: 'agent:work:main' }],
    ['before the reply is noted', { crashAt: 'journal:before', where: 'seven' }],
    ['after the reply is noted', { crashAt: 'journal:after', where: 'seven' }],
  ])('%s sends one message, and gets its reply', async (_name, crash) => {
    const child = start(crash)
    house.bot.say({ chat: 7, text: 'go' })
    await house.ended(child)
    const next = start()
    await untilAnswered('It said:')
    await settle(next)
    const [answer] = house.answers().filter((text) => text.includes('It said:'))
    expect(answer).toContain('"status":"ok"')
    expect(answer).toContain('| seven')
    expect(countOf(house.answers(), 'It said:')).toBe(1)
    const said = (await saidBy('work')).get('agent:work:main') ?? []
    expect(countOf(said, 'how many?')).toBe(1)
    expect(countOf(said, 'seven')).toBe(1)
    const own = (await saidBy('main')).get('agent:main:dm:7') ?? []
    expect(countOf(own, '"name":"sessions_send"')).toBe(1)
  })
})
