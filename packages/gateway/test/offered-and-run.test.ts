import type { Model, ModelEvent, Tool } from '@junctor/agent'
import { parseConfig, type Config } from '@junctor/config'
import { compileGates } from '@junctor/gateway'
import { runTurn, type ToolGate } from '@junctor/runtime'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'

const names =
  'exec process read write browser cron message session_status sessions_list sessions_spawn agents_list mcp_weather constructor'.split(
    ' ',
  )
const sessions = ['agent:a:main', 'agent:a:telegram:group:1', 'agent:a:subagent:x']

const entry = fc.constantFrom(...names, 'bash', 'EXEC', 'group:fs', 'group:all', 's*', '*')
const entries = fc.array(entry, { maxLength: 3 })
const profile = fc.constantFrom('minimal', 'coding', 'messaging', 'full')
const rules = fc.record(
  { profile, allow: entries, alsoAllow: entries, deny: entries },
  { requiredKeys: [] },
)
const section = fc
  .record(
    {
      byProvider: fc.dictionary(fc.constantFrom('anthropic', 'openai', 'anthropic/x'), rules),
      sandbox: fc.record({ tools: rules }),
      subagents: fc.record({ tools: rules }),
    },
    { requiredKeys: [] },
  )
  .chain((inner) => rules.map((outer) => ({ ...outer, ...inner })))
const agent = fc.record({
  tools: section,
  sandbox: fc.record({ mode: fc.constantFrom('off', 'non-main', 'all') }),
  permissions: fc.record({
    mode: fc.constantFrom('read_only', 'workspace', 'full'),
    operations: entries,
  }),
  fallbacks: fc.subarray(['openai/y', 'anthropic/x']),
})
const setup = fc.record({
  tools: section,
  agent,
  sessionKey: fc.constantFrom(...sessions),
  room: fc.option(rules),
})
type Setup = typeof setup extends fc.Arbitrary<infer Value> ? Value : never

function configOf({ tools, agent: { fallbacks, ...own } }: Setup): Config {
  const model = { primary: 'anthropic/z', fallbacks }
  const settings = { tools, agents: { list: [{ id: 'a', model, ...own }] } }
  const parsed = parseConfig(JSON.stringify(settings), { home: '/h', stateDir: '/s' })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.config
}

function gateOf(given: Setup): ToolGate {
  const config = configOf(given)
  const [found] = config.agents.list
  if (found === undefined) throw new Error('no agent')
  const room = given.room === null ? {} : { room: { name: 'room', tools: given.room } }
  return compileGates(config, found)({ sessionKey: given.sessionKey, ...room })
}

/** Calls every tool in one round, whatever it was offered. */
function greedyModel(asked: string[]): Model {
  const usage = { inputTokens: 1, outputTokens: 1 }
  return {
    spec: 'model-v1',
    id: 'anthropic/z',
    async *stream({ tools, messages }) {
      const isFirst = messages.at(-1)?.role === 'user'
      if (isFirst) asked.push(...tools.map(({ name }) => name))
      const calls = names.map((name): ModelEvent => ({
        type: 'tool-call',
        callId: `call-${name}`,
        name,
        input: {},
      }))
      if (isFirst) yield* calls
      else yield { type: 'text', text: 'Done.' }
      yield { type: 'done', stopReason: isFirst ? 'tool-calls' : 'end', usage }
    },
  }
}

it('runs exactly the tools that the model was offered, whatever it calls', async () => {
  await fc.assert(
    fc.asyncProperty(setup, async (given) => {
      const offered: string[] = []
      const ran: string[] = []
      const gate = gateOf(given)
      const tools = names.map((name): Tool => ({
        name,
        description: '',
        inputSchema: { type: 'object' },
        run: async () => {
          ran.push(name)
          return 'ok'
        },
      }))
      const { trace } = await runTurn({
        turnId: 'turn',
        agent: {
          id: 'a',
          name: 'a',
          identity: {},
          workspace: '/w',
          agentDir: '/d',
          model: 'anthropic/z',
        },
        sessionKey: given.sessionKey,
        model: greedyModel(offered),
        tools,
        gate,
        history: [],
        input: [{ role: 'user', parts: [{ type: 'text', text: 'Go' }] }],
        system: '',
        context: {},
        session: {},
        limits: {
          maxToolCalls: 100,
          turnTimeoutMs: 60_000,
          toolTimeoutMs: 60_000,
          maxOutputTokens: 100,
        },
        signal: new AbortController().signal,
      })
      expect(ran).toEqual(offered)
      const denied = trace.calls.filter(({ status }) => status === 'denied')
      expect([...ran, ...denied.map(({ name }) => name)].sort()).toEqual([...names].sort())
      expect(trace.toolsDenied.map(({ name }) => name).sort()).toEqual(
        denied.map(({ name }) => name).sort(),
      )
    }),
    { numRuns: 300 },
  )
})

it('never allows more when rules are added anywhere', () => {
  const place = fc.constantFrom<(given: Setup, more: object) => Setup>(
    (given, more) => ({ ...given, room: { ...given.room, ...more } }),
    (given, more) => ({ ...given, tools: { ...given.tools, ...more } }),
    (given, { deny }: { deny?: string[] }) => ({
      ...given,
      agent: { ...given.agent, tools: { ...given.agent.tools, deny: deny ?? [] } },
    }),
  )
  const added = fc.record({ deny: entries })
  fc.assert(
    fc.property(setup, place, added, (given, at, { deny }) => {
      // Lists grow: what stood there stays.
      const all = [
        ...deny,
        ...(given.tools.deny ?? []),
        ...(given.agent.tools.deny ?? []),
        ...(given.room?.deny ?? []),
      ]
      const before = gateOf(given)
      const after = gateOf(at(given, { deny: all }))
      for (const name of names)
        expect(after.check(name).allowed && !before.check(name).allowed).toBe(false)
    }),
    { numRuns: 500 },
  )
})

it('never gives a sub-agent more than the session that made it', () => {
  fc.assert(
    fc.property(setup, setup, (one, other) => {
      const parent = gateOf(one)
      const config = configOf(other)
      const [found] = config.agents.list
      if (found === undefined) throw new Error('no agent')
      const child = compileGates(config, found)({ sessionKey: 'agent:a:subagent:1', parent })
      for (const name of names)
        expect(child.check(name).allowed && !parent.check(name).allowed).toBe(false)
    }),
    { numRuns: 500 },
  )
})
