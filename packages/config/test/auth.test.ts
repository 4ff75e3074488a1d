import { formatProblem, parseConfig, type AuthScope, type ParseOptions } from '@junctor/config'
import { describe, expect, it } from 'vitest'

const places = { home: '/home/ada', stateDir: '/home/ada/.junctor' }

function read(text: string, options: Partial<ParseOptions> = {}) {
  const result = parseConfig(text, { ...places, ...options })
  const problems = result.problems.map(formatProblem)
  if (!result.ok)
    return { problems, scopes: [] as (AuthScope | undefined)[], reading: result.reading }
  return {
    problems,
    reading: result.reading,
    config: result.config,
    scopes: result.config.agents.list.map(({ auth }) => auth.scope),
  }
}

describe('auth', () => {
  it('holds for every agent that does not say otherwise', () => {
    const text = `{ auth: { scope: 'shared' }, agents: { list: [
      { id: 'a' }, { id: 'b', auth: { scope: 'agent' } }, { id: 'c', auth: { scope: 'agent-then-shared' } } ] } }`
    expect(read(text).scopes).toEqual(['shared', 'agent', 'agent-then-shared'])
    expect(read('{}').scopes).toEqual([undefined])
  })

  it.each([
    [`{ auth: { scope: 'main' } }`, 'auth.scope: must be'],
    [`{ agents: { list: [ { id: 'a', auth: { scope: 1 } } ] } }`, 'agents.list[0].auth.scope'],
    [`{ agents: { defaults: { auth: {} } } }`, 'write auth at the top of the file'],
    [`{ auth: { profiles: { 'a:b': { provider: 'a', key: 'fake-key' } } } }`, 'unknown key "key"'],
    [
      `{ auth: { profiles: { 'a:b': { provider: 'a' } }, order: { c: ['a:b'] } } }`,
      'auth.order.c[0]: the profile "a:b" is for the provider "a", says auth.profiles; name it under "a"',
    ],
  ])('refuses what cannot be meant: %s', (text, problem) => {
    expect(read(text).problems).toEqual([expect.stringContaining(problem)])
  })

  it('is one pool for all agents in a file of ArgentOS, unless it says otherwise', () => {
    const { scopes, reading } = read('{ agents: { home: { name: "Home" }, work: {} } }')
    expect([reading.flavour, ...scopes]).toEqual(['argentos', 'shared', 'shared'])
    const own = read('{ auth: { scope: "agent" }, agents: { home: { name: "Home" } } }')
    expect([own.reading.flavour, ...own.scopes]).toEqual(['argentos', 'agent'])
  })

  it('takes what others of the family write, and says what has no effect', () => {
    const text = `{ wizard: {}, auth: {
      profiles: { 'anthropic:me': { provider: 'anthropic', mode: 'oauth', email: 'me@example.com' } },
      order: { anthropic: ['anthropic:me'] }, cooldowns: { billingBackoffHours: 5 } } }`
    const { config, problems } = read(text, { flavour: 'openclaw' })
    expect(config?.auth.profiles['anthropic:me']).toMatchObject({ mode: 'oauth' })
    expect(problems).toEqual([expect.stringContaining('warning  auth.cooldowns')])
  })
})

describe('a workspace', () => {
  it.each([
    [
      `{ agents: { list: [ { id: 'a', workspace: '/home/ada/.junctor/agents' } ] } }`,
      'the agentDir of "a"',
    ],
    [
      `{ agents: { list: [ { id: 'a', workspace: '/srv/a' }, { id: 'b', agentDir: '/srv/a/b' } ] } }`,
      'the agentDir of "b", /srv/a/b',
    ],
    [
      `{ agents: { list: [ { id: 'a', workspace: '/srv/a', agentDir: '/srv/a' } ] } }`,
      'the agentDir of "a"',
    ],
    [
      `{ agents: { list: [ { id: 'a', workspace: '~', agentDir: '/srv/a' } ] } }`,
      'the state folder /home/ada/.junctor',
    ],
    [`{ agents: { list: [ { id: 'a', workspace: '/' } ] } }`, 'its file tools could read keys'],
  ])('never holds credentials: %s', (text, problem) => {
    expect(read(text).problems).toEqual([expect.stringContaining(problem)])
  })

  it('may stand beside them, also with a name that begins alike', () => {
    const text = `{ agents: { list: [ { id: 'a', workspace: '/srv/a', agentDir: '/srv/ab' } ] } }`
    expect(read(text).problems).toEqual([])
  })

  it('holds none behind a link either', () => {
    const text = `{ agents: { list: [ { id: 'a', workspace: '/srv/link', agentDir: '/srv/real/b' } ] } }`
    const canonicalPath = (path: string): string => path.replace('/srv/link', '/srv/real')
    expect(read(text, { canonicalPath }).problems).toEqual([
      expect.stringContaining('holds the agentDir'),
    ])
  })
})
