import { describe, expect, test } from 'vitest'
import type { Binding } from './config.ts'
import type { RouteInput, Tier } from './router-contract.ts'
import { compileRouter } from './router.ts'

const agents = [{ id: 'main' }, { id: 'a' }, { id: 'b' }]
const base = { channel: 'discord', accountId: 'acc', peer: { kind: 'channel', id: 'c1' } } as const
const inGuild = { ...base, guildId: 'G1' } as const

function bind(agentId: string, match: Omit<Binding['match'], 'channel'>): Binding {
  return { agentId, match: { channel: 'discord', ...match } }
}

function resolve(bindings: readonly Binding[], input: RouteInput) {
  return compileRouter({ agents, bindings }).resolve(input)
}

const c1 = { kind: 'channel', id: 'c1' } as const
const room = { kind: 'channel', id: 'room' } as const
const category = { kind: 'channel', id: 'category' } as const

describe('tiers', () => {
  const ladder: readonly (readonly [Tier, Binding, RouteInput])[] = [
    ['peer', bind('a', { peer: c1 }), base],
    ['parent-peer', bind('a', { peer: room }), { ...base, parents: [room] }],
    ['peer-wildcard', bind('a', { peer: { kind: 'channel', id: '*' } }), base],
    ['guild-roles', bind('a', { guildId: 'G1', roles: ['x', 'r'] }), { ...inGuild, roles: ['r'] }],
    ['guild', bind('a', { guildId: 'G1' }), inGuild],
    ['team', bind('a', { teamId: 'T1' }), { ...base, teamId: 'T1' }],
    ['account', bind('a', { accountId: 'acc' }), base],
    ['channel', bind('a', { accountId: '*' }), base],
    ['channel', bind('a', {}), base],
  ]

  test.each(ladder)('%s catches its message', (tier, binding, input) => {
    expect(resolve([binding], input)).toMatchObject({ agentId: 'a', tier, binding: { index: 0 } })
  })

  const everything = { ...inGuild, parents: [room], roles: ['r'], teamId: 'T1' }
  const pairs = ladder.slice(0, -2).map(([tier, binding], index) => {
    const [lowerTier, lower] = ladder[index + 1] ?? ['default', bind('b', {})]
    return [tier, lowerTier, binding, { ...lower, agentId: 'b' }] as const
  })

  test.each(pairs)('%s beats %s in either order of the file', (tier, _lower, upper, lower) => {
    const [first, second] = [
      resolve([upper, lower], everything),
      resolve([lower, upper], everything),
    ]
    expect(first).toMatchObject({ agentId: 'a', tier, binding: { index: 0 } })
    expect(second).toMatchObject({ agentId: 'a', tier, binding: { index: 1 } })
  })
})

describe('inside a tier', () => {
  test('a binding that names the account beats an earlier one that does not', () => {
    const bindings = [bind('a', { peer: c1 }), bind('b', { peer: c1, accountId: 'acc' })]
    expect(resolve(bindings, base).agentId).toBe('b')
    expect(resolve(bindings, { ...base, accountId: 'other' }).agentId).toBe('a')
  })

  test('the first of the file wins among equals', () => {
    expect(resolve([bind('a', { peer: c1 }), bind('b', { peer: c1 })], base).agentId).toBe('a')
  })

  test('the nearest parent comes before account and order', () => {
    const bindings = [bind('a', { peer: category, accountId: 'acc' }), bind('b', { peer: room })]
    const input = { ...base, parents: [room, category] }
    expect(resolve(bindings, input).agentId).toBe('b')
    expect(resolve(bindings, { ...base, parents: [category, room] }).agentId).toBe('a')
  })

  test('a role binding that names the account beats an earlier one through another role', () => {
    const bindings = [
      bind('a', { guildId: 'G1', roles: ['r1'] }),
      bind('b', { guildId: 'G1', roles: ['r2'], accountId: 'acc' }),
    ]
    expect(resolve(bindings, { ...inGuild, roles: ['r1', 'r2'] }).agentId).toBe('b')
  })
})

describe('matching', () => {
  test('every given field must match: a peer of a guild never catches its neighbour', () => {
    const bindings = [bind('a', { peer: c1, guildId: 'G1' })]
    expect(resolve(bindings, inGuild).tier).toBe('peer')
    expect(resolve(bindings, { ...inGuild, peer: room }).tier).toBe('default')
    expect(resolve(bindings, { ...base, guildId: 'G2' }).tier).toBe('default')
    expect(resolve(bindings, base).tier).toBe('default')
  })

  test('a peer binding may also ask for a role, a team or both', () => {
    const match = { peer: c1, guildId: 'G1', roles: ['r'], teamId: 'T1' }
    const input = { ...inGuild, roles: ['q', 'r'], teamId: 'T1' }
    expect(resolve([bind('a', match)], input).tier).toBe('peer')
    expect(resolve([bind('a', match)], { ...input, roles: ['q'] }).tier).toBe('default')
    expect(resolve([bind('a', match)], { ...input, teamId: 'T2' }).tier).toBe('default')
  })

  test('a group and a channel are one kind of room, a dm is not', () => {
    const bindings = [bind('a', { peer: { kind: 'group', id: 'c1' } })]
    expect(resolve(bindings, base).tier).toBe('peer')
    expect(resolve(bindings, { ...base, peer: { kind: 'dm', id: 'c1' } }).tier).toBe('default')
  })

  test.each(['dm', 'direct', 'private'] as const)('%s reads as dm on both sides', (kind) => {
    const dm = { ...base, peer: { kind: 'dm', id: 'u' } } as const
    expect(resolve([bind('a', { peer: { kind, id: 'u' } })], dm).tier).toBe('peer')
    const bindings = [bind('a', { peer: { kind: 'dm', id: '*' } })]
    expect(resolve(bindings, { ...base, peer: { kind, id: 'u' } }).tier).toBe('peer-wildcard')
  })

  test('channel names compare lower-cased, every other id exactly', () => {
    const bindings = [{ agentId: 'a', match: { channel: 'DisCord', accountId: 'Acc' } }]
    expect(resolve(bindings, { ...base, channel: 'DISCORD', accountId: 'Acc' }).tier).toBe(
      'account',
    )
    expect(resolve(bindings, base).tier).toBe('default')
    expect(resolve([bind('a', { peer: { kind: 'channel', id: 'C1' } })], base).tier).toBe('default')
    expect(resolve([bind('a', { guildId: 'g1' })], inGuild).tier).toBe('default')
  })

  test('names of object prototypes are ids like any other', () => {
    const input = { channel: 'constructor', accountId: '__proto__', peer: base.peer }
    expect(resolve([], input)).toMatchObject({ agentId: 'main', tier: 'default' })
    const match = { channel: 'constructor', accountId: '__proto__' }
    expect(resolve([{ agentId: 'a', match }], input).tier).toBe('account')
  })
})

describe('the default', () => {
  test.each([
    [[{ id: 'x' }, { id: 'y', default: true }], 'y'],
    [[{ id: 'x' }, { id: 'y' }], 'x'],
    [[], 'main'],
  ])('of %j is %s', (roster, agentId) => {
    const answer = compileRouter({ agents: roster, bindings: [] }).resolve(base)
    expect(answer).toEqual({
      agentId,
      accountId: 'acc',
      sessionKey: `agent:${agentId}:discord:acc:channel:c1`,
      mainSessionKey: `agent:${agentId}:main`,
      tier: 'default',
    })
  })
})

describe('an omitted account', () => {
  const bindings = [bind('a', { accountId: '*' }), bind('b', {})]

  test('means every account, the same as a star', () => {
    expect(resolve(bindings, base).binding?.index).toBe(0)
  })

  test('means the default account where the option says so', () => {
    const config = { agents, bindings, omittedAccount: 'default' } as const
    const named = compileRouter({ ...config, defaultAccounts: { Discord: 'acc' } })
    expect(named.resolve(base)).toMatchObject({ agentId: 'b', tier: 'account' })
    expect(named.resolve({ ...base, accountId: 'x' })).toMatchObject({
      agentId: 'a',
      tier: 'channel',
    })
    const unnamed = compileRouter(config)
    expect(unnamed.resolve({ ...base, accountId: 'default' }).agentId).toBe('b')
  })
})
