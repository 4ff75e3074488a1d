import { describe, expect, test } from 'vitest'
import type { AgentState } from './agent-state.ts'
import type { Policy, RouterConfig } from './config.ts'
import { RouterError } from './errors.ts'
import type { RouteFacts } from './router-contract.ts'
import { compileRouter } from './router.ts'

const agents = [
  { id: 'home', default: true, fallback: ['work'] },
  { id: 'work', fallback: ['ops'] },
  { id: 'ops', roles: ['support', 'night'] },
  { id: 'nina', roles: ['support'] },
]
const input = { channel: 'telegram', accountId: 'a', peer: { kind: 'dm', id: 'p1' } } as const

function resolve(
  policies: readonly Policy[],
  facts?: RouteFacts,
  more: Partial<RouterConfig> = {},
) {
  return compileRouter({ agents, bindings: [], policies, ...more }).resolve(input, facts)
}

function states(...entries: readonly (readonly [string, AgentState])[]): RouteFacts {
  return { agentStates: new Map(entries) }
}

function codeOf(config: Partial<RouterConfig>): { code: string; message: string } {
  try {
    compileRouter({ agents, bindings: [], ...config })
  } catch (error) {
    if (RouterError.isInstance(error)) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('It compiled')
}

describe('policies', () => {
  const invoice: Policy = { id: 'money', when: { text: 'invoice' }, to: 'work' }

  test('come after every binding and before the default agent', () => {
    const facts = { text: 'my invoice' }
    expect(resolve([invoice], facts)).toEqual({
      agentId: 'work',
      accountId: 'a',
      sessionKey: 'agent:work:main',
      mainSessionKey: 'agent:work:main',
      tier: 'policy',
      policy: { index: 0, id: 'money' },
    })
    const bindings = [{ agentId: 'ops', match: { channel: 'telegram' } }]
    expect(resolve([invoice], facts, { bindings })).toMatchObject({
      agentId: 'ops',
      tier: 'channel',
    })
    expect(resolve([invoice], { text: 'hello' })).toMatchObject({
      agentId: 'home',
      tier: 'default',
    })
  })

  test('are tried in order', () => {
    const policies = [{ when: { channel: 'slack' }, to: 'nina' }, { when: {}, to: 'ops' }, invoice]
    expect(resolve(policies, { text: 'invoice' })).toMatchObject({
      agentId: 'ops',
      policy: { index: 1 },
    })
  })

  test('ask for what they are not told, and do not fire', () => {
    const conditions: readonly Policy['when'][] = [
      { text: '' },
      { sender: ['p1'] },
      { time: {} },
      { agentState: { home: 'paused' } },
    ]
    for (const when of conditions) expect(resolve([{ when, to: 'ops' }]).tier).toBe('default')
  })

  test('name a role, and get the first agent of it that can answer', () => {
    const policies = [{ when: {}, to: 'role:support' }]
    expect(resolve(policies)).toMatchObject({ agentId: 'ops' })
    expect(resolve(policies, states(['ops', 'failing']), { onUnavailable: 'queue' })).toMatchObject(
      {
        agentId: 'nina',
        sessionKey: 'agent:nina:main',
        insteadOf: { agentId: 'ops', state: 'failing' },
      },
    )
  })

  test('may lead elsewhere while an agent is busy', () => {
    const policies: readonly Policy[] = [{ when: { agentState: { home: 'busy' } }, to: 'nina' }]
    expect(resolve(policies, states(['home', 'busy'])).agentId).toBe('nina')
    expect(resolve(policies, states(['home', 'failing'], ['work', 'busy'])).agentId).toBe('work')
  })

  test('name who stands in before the fallback of the agent', () => {
    const policies = [{ when: {}, to: 'home', else: ['nina'] }]
    expect(resolve(policies, states(['home', 'paused'])).agentId).toBe('nina')
    expect(resolve(policies, states(['home', 'paused'], ['nina', 'paused'])).agentId).toBe('work')
  })

  test('are explained one by one, in words', () => {
    const policies: readonly Policy[] = [
      { when: { text: 'refund' }, to: 'ops' },
      { when: { time: { from: '18:00', to: '08:00' } }, to: 'nina' },
      invoice,
      { when: {}, to: 'ops' },
    ]
    const router = compileRouter({ agents, bindings: [], policies })
    const facts = { text: 'invoice', at: Date.UTC(2026, 7, 12, 12) }
    expect(router.explain(input, facts).policies.map(({ message }) => message)).toEqual([
      'policies[0] for agent "ops" needs a text like "refund"; the message has another text.',
      'policies[1] for agent "nina" needs a time in {"from":"18:00","to":"08:00"}; the message has the time 2026-08-12T12:00:00.000Z.',
      'policies[2] ("money") for agent "work" won.',
      'policies[3] for agent "ops" fits, but policies[2] ("money") stands earlier in the file.',
    ])
  })
})

describe('an agent that cannot answer', () => {
  test.each(['paused', 'over-budget', 'failing'] as const)(
    'is stood in for while it is %s, in a session of the other agent',
    (state) => {
      expect(resolve([], states(['home', state]))).toMatchObject({
        agentId: 'work',
        tier: 'default',
        sessionKey: 'agent:work:main',
        mainSessionKey: 'agent:work:main',
        insteadOf: { agentId: 'home', state },
      })
    },
  )

  test('keeps its messages while it is only busy', () => {
    expect(resolve([], states(['home', 'busy']))).not.toHaveProperty('insteadOf')
  })

  test('is stood in for by the next of the chain', () => {
    const facts = states(['home', 'paused'], ['work', 'failing'])
    expect(resolve([], facts).agentId).toBe('ops')
  })

  test('keeps its messages when nobody can stand in, and the answer says so', () => {
    const all = states(['home', 'paused'], ['work', 'paused'], ['ops', 'paused'])
    expect(resolve([], all)).toMatchObject({ agentId: 'home', unavailable: 'paused' })
    const router = compileRouter({ agents, bindings: [] })
    expect(router.explain(input, all).availability).toBe(
      'Agent "home" is paused, and nobody stands in for it.',
    )
    expect(router.explain(input, states(['home', 'paused'])).availability).toBe(
      'Agent "home" is paused, so agent "work" stands in, in a session of its own.',
    )
  })

  test.each(['queue', 'reject'] as const)('keeps its messages under onUnavailable %s', (choice) => {
    expect(resolve([], states(['home', 'paused']), { onUnavailable: choice })).toMatchObject({
      agentId: 'home',
      unavailable: 'paused',
    })
  })

  test('keeps the dmScope of the binding for who stands in', () => {
    const bindings = [
      { agentId: 'home', match: { channel: 'telegram' }, dmScope: 'per-peer' as const },
    ]
    expect(resolve([], states(['home', 'paused']), { bindings })).toMatchObject({
      sessionKey: 'agent:work:dm:p1',
      binding: { index: 0 },
    })
  })

  test('of a broadcast group is stood in for by one who is not in the group already', () => {
    const broadcast = { groups: { p1: ['home', 'work'] } }
    const router = compileRouter({ agents, bindings: [], broadcast })
    const answers = router.resolveAll(input, states(['home', 'paused']))
    expect(answers).toMatchObject([
      { agentId: 'ops', insteadOf: { agentId: 'home' } },
      { agentId: 'work' },
    ])
    const both = router.resolveAll(input, states(['home', 'paused'], ['work', 'paused']))
    expect(both).toMatchObject([{ agentId: 'ops' }, { agentId: 'work', unavailable: 'paused' }])
  })

  test('can be asked about without a message', () => {
    const router = compileRouter({ agents, bindings: [] })
    expect(router.standInFor('home', new Map())).toEqual({ agentId: 'home' })
    expect(router.standInFor('home', new Map([['home', 'paused']]))).toEqual({
      agentId: 'work',
      insteadOf: { agentId: 'home', state: 'paused' },
    })
  })
})

describe('compiling', () => {
  test('lists every agent and role that policies and fallbacks name in vain', () => {
    const { code, message } = codeOf({
      agents: [{ id: 'a', fallback: ['ghost'] }],
      policies: [
        { when: { agentState: { nobody: 'paused' } }, to: 'role:qa', else: ['other'] },
        { when: {}, to: 'missing' },
      ],
    })
    expect(code).toBe('UNKNOWN_AGENT')
    for (const part of [
      'the fallback of agent "a" names "ghost"',
      'policies[0].to names the role "qa", which no agent has',
      'policies[0].else names "other"',
      'policies[0].when.agentState names "nobody"',
      'policies[1].to names "missing"',
    ])
      expect(message).toContain(part)
  })

  test.each([
    [['a'], '"a" → "a"'],
    [['b'], '"a" → "b" → "c" → "a"'],
  ])('refuses agents that stand in for each other in a circle (%j)', (fallback, circle) => {
    const { code, message } = codeOf({
      agents: [
        { id: 'a', fallback },
        { id: 'b', fallback: ['c'] },
        { id: 'c', fallback: ['a'] },
      ],
    })
    expect(code).toBe('FALLBACK_CYCLE')
    expect(message).toContain(circle)
  })

  test.each<readonly [string, Partial<RouterConfig>]>([
    ['policies[0].when.text cannot be read: a ")" is missing', one({ text: '(' })],
    ['policies[0].when.time cannot be read: from is "x"', one({ time: { from: 'x' } })],
    ['onUnavailable is "wait"', JSON.parse('{ "onUnavailable": "wait" }')],
    [
      'agentState["home"] is "gone"',
      JSON.parse('{"policies":[{"when":{"agentState":{"home":"gone"}},"to":"home"}]}'),
    ],
  ])('says what is wrong: %s', (text, config) => {
    expect(codeOf(config)).toMatchObject({
      code: 'INVALID_POLICY',
      message: expect.stringContaining(text),
    })
  })

  test('refuses blank ids and roles without a guild in policies as in bindings', () => {
    expect(codeOf(one({ accountId: ' ' }))).toMatchObject({ code: 'INVALID_ID' })
    expect(codeOf(one({ roles: ['r'] }))).toMatchObject({ code: 'ROLES_WITHOUT_GUILD' })
  })

  function one(when: Policy['when']): Partial<RouterConfig> {
    return { policies: [{ when, to: 'home' }] }
  }
})
