import { expect, test } from 'vitest'
import type { Binding } from './config.ts'
import { compileRouter } from './router.ts'

const agents = [{ id: 'main' }, { id: 'a' }]
const peer = { kind: 'channel', id: 'c1' } as const
const input = {
  channel: 'discord',
  accountId: 'acc',
  peer,
  parents: [
    { kind: 'channel', id: 'p1' },
    { kind: 'channel', id: 'p2' },
  ],
  guildId: 'G1',
  roles: ['r1'],
} as const

function candidatesOf(...matches: readonly Omit<Binding['match'], 'channel'>[]) {
  const bindings = matches.map((fields) => ({
    agentId: 'a',
    match: { channel: 'discord', ...fields },
  }))
  const elsewhere = { agentId: 'a', match: { channel: 'slack' } }
  return compileRouter({ agents, bindings: [...bindings, elsewhere] }).explain(input).candidates
}

test.each([
  [{ accountId: 'x' }, 'accountId', 'needs account "x"; the message has account "acc"'],
  [
    { peer: { kind: 'channel', id: 'c2' } },
    'peer',
    'needs room "c2"; the message has channel "c1" inside channel "p1" inside channel "p2"',
  ],
  [{ peer: { kind: 'dm', id: '*' } }, 'peer', 'needs any dm; the message has channel "c1"'],
  [{ guildId: 'G2' }, 'guildId', 'needs guild "G2"; the message has guild "G1"'],
  [
    { guildId: 'G1', roles: ['r2', 'r3'] },
    'roles',
    'needs a sender with role "r2" or "r3"; the message has roles "r1"',
  ],
  [{ teamId: 'T1' }, 'teamId', 'needs team "T1"; the message has no team'],
] as const)('%j is ruled out by %s', (match, field, words) => {
  const [candidate, ...others] = candidatesOf(match)
  expect(others).toEqual([])
  expect(candidate).toMatchObject({
    matched: false,
    outcome: 'ruled-out',
    field,
    binding: { index: 0 },
    agentId: 'a',
  })
  expect(candidate?.message).toContain(`bindings[0] for agent "a" ${words}`)
})

test.each([
  [
    'tier',
    { peer },
    { guildId: 'G1' },
    'bindings[0] is more specific: tier peer comes before guild',
  ],
  ['account', { peer, accountId: 'acc' }, { peer }, 'bindings[0] names the account'],
  ['order', { peer }, { peer }, 'bindings[0] stands earlier in the file'],
  [
    'parent',
    { peer: { kind: 'group', id: 'p1' } },
    { peer: { kind: 'group', id: 'p2' } },
    'bindings[0] is bound to a nearer room',
  ],
] as const)('a binding that fits can lose by %s', (lostTo, winner, loser, words) => {
  const [first, second] = candidatesOf(winner, loser)
  expect(first).toMatchObject({ matched: true, outcome: 'won' })
  expect(second).toMatchObject({ matched: true, outcome: 'lost', lostTo })
  expect(second?.message).toContain(`fits, but ${words}`)
})

test('a binding loses to a broadcast group', () => {
  const router = compileRouter({
    agents,
    bindings: [{ id: 'b1', agentId: 'a', match: { channel: 'discord', peer } }],
    broadcast: { groups: { c1: ['main', 'a'] } },
  })
  expect(router.explain(input)).toMatchObject({
    agentId: 'main',
    tier: 'broadcast',
    candidates: [{ binding: { index: 0, id: 'b1' }, outcome: 'lost', lostTo: 'broadcast' }],
  })
})

test('a binding that is written elsewhere is called by its place there', () => {
  const origin = 'agents.list[1].routes[0]'
  const bindings = [
    { agentId: 'a', match: { channel: 'discord', accountId: 'acc' }, origin },
    { agentId: 'main', match: { channel: 'discord' } },
  ]
  const { binding, candidates } = compileRouter({ agents, bindings }).explain(input)
  expect(binding).toEqual({ index: 0, origin })
  expect(candidates.map(({ message }) => message)).toEqual([
    `${origin} for agent "a" won in tier account.`,
    `bindings[1] for agent "main" fits, but ${origin} is more specific: tier account comes before channel.`,
  ])
})
