import { expect, test } from 'vitest'
import type { Binding } from './config.ts'
import { compileRouter } from './router.ts'

const room = { kind: 'group', id: 'g' } as const

function lint(matches: readonly Omit<Binding['match'], 'channel'>[], broadcastPeer = 'nobody') {
  const bindings = matches.map((fields) => ({
    agentId: 'a',
    match: { channel: 'discord', ...fields },
  }))
  const broadcast = { groups: { [broadcastPeer]: ['a'] } }
  const findings = compileRouter({ agents: [{ id: 'a' }], bindings, broadcast }).lint()
  return findings.map(({ binding, shadowedBy }) => [
    binding.index,
    shadowedBy.map(({ index }) => index),
  ])
}

test.each<[string, readonly Omit<Binding['match'], 'channel'>[], readonly unknown[]]>([
  ['two bindings with the same fields', [{ peer: room }, { peer: room }], [[1, [0]]]],
  [
    'a group and a channel of one id',
    [{ peer: room }, { peer: { ...room, kind: 'channel' } }],
    [[1, [0]]],
  ],
  ['a later one that asks for more', [{ peer: room }, { peer: room, guildId: 'G' }], [[1, [0]]]],
  [
    'roles that two earlier ones cover',
    [
      { guildId: 'G', roles: ['r1'] },
      { guildId: 'G', roles: ['r2'] },
      { guildId: 'G', roles: ['r1', 'r2'] },
    ],
    [[2, [0, 1]]],
  ],
  [
    'a channel whose wildcards take everything',
    [{ peer: { kind: 'dm', id: '*' } }, {}, { peer: { kind: 'group', id: '*' } }],
    [[1, [0, 2]]],
  ],
])('finds %s', (_name, matches, findings) => {
  expect(lint(matches)).toEqual(findings)
})

test.each<[string, readonly Omit<Binding['match'], 'channel'>[]]>([
  ['an account apart from any', [{ peer: room }, { peer: room, accountId: 'x' }]],
  ['an earlier one that asks for more', [{ peer: room, guildId: 'G' }, { peer: room }]],
  [
    'one role of two that is still free',
    [
      { guildId: 'G', roles: ['r1'] },
      { guildId: 'G', roles: ['r1', 'r2'] },
    ],
  ],
  ['a dm beside a room of one id', [{ peer: room }, { peer: { kind: 'dm', id: 'g' } }]],
  [
    'a wildcard for rooms over a guild: its direct messages remain',
    [{ peer: { kind: 'group', id: '*' } }, { guildId: 'G' }],
  ],
])('accepts %s', (_name, matches) => {
  expect(lint(matches)).toEqual([])
})

test('accepts the binding of a broadcast peer: threads in the room still find it', () => {
  expect(lint([{ peer: room }], 'g')).toEqual([])
})

test('names both bindings and the way out', () => {
  const match = { channel: 'slack' }
  const bindings = [
    { agentId: 'a', match },
    { id: 'late', agentId: 'a', match },
  ]
  const [finding] = compileRouter({ agents: [{ id: 'a' }], bindings }).lint()
  expect(finding).toMatchObject({ code: 'SHADOWED_BINDING', binding: { index: 1, id: 'late' } })
  expect(finding?.message).toMatch(
    /bindings\[1\] \("late"\).*can never win: bindings\[0\].*Remove it/,
  )
})
