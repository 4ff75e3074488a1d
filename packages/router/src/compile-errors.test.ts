import { expect, test } from 'vitest'
import type { Binding, RouterConfig } from './config.ts'
import { RouterError } from './errors.ts'
import { compileRouter } from './router.ts'

const agents = [{ id: 'main' }, { id: 'a' }]
const match = { channel: 'discord' }

function refusal(config: Partial<RouterConfig>): RouterError {
  try {
    compileRouter({ agents, bindings: [], ...config })
  } catch (error) {
    if (error instanceof RouterError) return error
    throw error
  }
  throw new Error('Nothing was refused')
}

/** What a caller without types can pass. */
function untyped(value: unknown): never {
  return value as never
}

test.each<[string, Partial<Binding['match']>]>([
  ['channel', { channel: ' ' }],
  ['accountId', { accountId: '' }],
  ['peer.id', { peer: { kind: 'dm', id: '' } }],
  ['guildId', { guildId: '\t' }],
  ['teamId', { teamId: '' }],
  ['roles', { guildId: 'g', roles: ['r', ''] }],
  ['peer.id', { peer: { kind: 'dm', id: untyped(123) } }],
])('refuses a blank or numeric %s', (field, fields) => {
  const error = refusal({ bindings: [{ agentId: 'a', match: { ...match, ...fields } }] })
  expect(error.code).toBe('INVALID_ID')
  expect(error.message).toContain(`bindings[0].match.${field}`)
})

test('refuses roles without a guild, and takes an empty list for none', () => {
  const error = refusal({ bindings: [{ agentId: 'a', match: { ...match, roles: ['r'] } }] })
  expect(error).toMatchObject({ code: 'ROLES_WITHOUT_GUILD', name: 'RouterError' })
  const bindings = [{ agentId: 'a', match: { ...match, roles: [] } }]
  const input = { channel: 'discord', accountId: 'x', peer: { kind: 'dm', id: 'u' } } as const
  expect(compileRouter({ agents, bindings }).resolve(input).tier).toBe('channel')
})

test('lists every binding and broadcast group with an unknown agent in one error', () => {
  const bindings = [
    { id: 'first', agentId: 'ghost', match },
    { agentId: 'a', match },
    { agentId: '__proto__', match },
  ]
  const error = refusal({ bindings, broadcast: { groups: { g: ['a', 'spook'] } } })
  expect(error.code).toBe('UNKNOWN_AGENT')
  expect(error.details).toEqual({ count: 3 })
  expect(error.message).toContain('bindings[0] ("first") names "ghost"')
  expect(error.message).toContain('bindings[2] names "__proto__"')
  expect(error.message).toContain('broadcast.groups["g"] names "spook"')
  expect(error.message).toContain('Known agents: main, a')
})

test.each<[string, Partial<RouterConfig>]>([
  [
    'DUPLICATE_DEFAULT',
    {
      agents: [
        { id: 'a', default: true },
        { id: 'b', default: true },
      ],
    },
  ],
  ['DUPLICATE_AGENT', { agents: [{ id: 'a' }, { id: 'a' }] }],
  ['INVALID_ID', { agents: [{ id: ' ' }] }],
  ['INVALID_ID', { session: { mainKey: ' ' } }],
  ['INVALID_BINDING', { session: { dmScope: untyped('per-room') } }],
  ['INVALID_BINDING', { bindings: [{ agentId: 'a', match, dmScope: untyped('all') }] }],
  [
    'INVALID_BINDING',
    { bindings: [{ agentId: 'a', match: { ...match, peer: { kind: untyped('user'), id: '1' } } }] },
  ],
  ['INVALID_BINDING', { omittedAccount: untyped('none') }],
  ['INVALID_IDENTITY_LINK', { session: { identityLinks: { alice: ['123'] } } }],
  ['INVALID_IDENTITY_LINK', { session: { identityLinks: { alice: ['telegram:'] } } }],
  ['INVALID_IDENTITY_LINK', { session: { identityLinks: { ' ': ['telegram:1'] } } }],
  ['INVALID_IDENTITY_LINK', { session: { identityLinks: { a: ['tg:1'], b: ['TG:1'] } } }],
  ['INVALID_BROADCAST', { broadcast: { groups: { g: [] } } }],
  ['INVALID_BROADCAST', { broadcast: { groups: { g: ['a', 'a'] } } }],
  ['INVALID_BROADCAST', { broadcast: { strategy: untyped('random'), groups: {} } }],
  ['INVALID_ID', { broadcast: { groups: { '': ['a'] } } }],
])('refuses with %s: %j', (code, config) => {
  expect(refusal(config).code).toBe(code)
})
