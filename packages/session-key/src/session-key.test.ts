import { describe, expect, test } from 'vitest'
import type { SessionKeyParts } from './parts.ts'
import { sessionKey, threadOf } from './session-key.ts'

const agentId = 'home'
const telegram = { agentId, channel: 'telegram', accountId: 'default' } as const
const slack = { agentId, channel: 'slack', accountId: 'work' } as const

const table: readonly (readonly [string, SessionKeyParts])[] = [
  ['agent:home:main', { kind: 'main', agentId, mainKey: 'main' }],
  ['agent:home:desk', { kind: 'main', agentId, mainKey: 'desk' }],
  ['agent:home:dm:+1555', { kind: 'dm', scope: 'per-peer', agentId, id: '+1555' }],
  [
    'agent:home:slack:dm:U1',
    { kind: 'dm', scope: 'per-channel-peer', agentId, channel: 'slack', id: 'U1' },
  ],
  [
    'agent:home:slack:work:dm:U1',
    { kind: 'dm', scope: 'per-account-channel-peer', ...slack, id: 'U1' },
  ],
  [
    'agent:home:telegram:default:dm:7',
    { kind: 'dm', scope: 'per-account-channel-peer', ...telegram, id: '7' },
  ],
  ['agent:home:person:alice', { kind: 'person', scope: 'per-peer', agentId, id: 'alice' }],
  ['agent:home:telegram:group:-100', { kind: 'group', ...telegram, id: '-100' }],
  ['agent:home:telegram:channel:-100', { kind: 'channel', ...telegram, id: '-100' }],
  ['agent:home:slack:work:group:G1', { kind: 'group', ...slack, id: 'G1' }],
  ['agent:home:slack:work:channel:C1', { kind: 'channel', ...slack, id: 'C1' }],
  [
    'agent:home:telegram:group:-100:topic:5',
    { kind: 'group', ...telegram, id: '-100', thread: threadOf('telegram', '5') },
  ],
  [
    'agent:home:slack:work:channel:C1:thread:17.2',
    { kind: 'channel', ...slack, id: 'C1', thread: threadOf('slack', '17.2') },
  ],
  [
    'agent:home:main:topic:5',
    { kind: 'main', agentId, mainKey: 'main', thread: threadOf('telegram', '5') },
  ],
  [
    'agent:home:dm:U1:thread:17.2',
    { kind: 'dm', scope: 'per-peer', agentId, id: 'U1', thread: threadOf('slack', '17.2') },
  ],
  ['agent:home:subagent:0b6e', { kind: 'subagent', agentId, id: '0b6e' }],
  ['agent:home:cron:c1', { kind: 'cron', agentId, id: 'c1' }],
]

describe('sessionKey', () => {
  test.each(table)('writes %s', (key, parts) => {
    expect(sessionKey(parts)).toBe(key)
  })

  test('keeps the case of every id', () => {
    expect(sessionKey({ kind: 'group', ...telegram, id: 'AbC@g.us' })).toBe(
      'agent:home:telegram:group:AbC@g.us',
    )
  })

  test('keeps a linked person apart from a stranger whose id is that name', () => {
    const alice = { scope: 'per-peer', agentId, id: 'alice' } as const
    expect(sessionKey({ kind: 'person', ...alice })).not.toBe(sessionKey({ kind: 'dm', ...alice }))
  })

  test('keeps two accounts in one room apart', () => {
    const room = { kind: 'group', agentId, channel: 'whatsapp', id: '1203@g.us' } as const
    const keys = ['default', 'personal', 'biz'].map((accountId) =>
      sessionKey({ ...room, accountId }),
    )
    expect(new Set(keys).size).toBe(3)
  })
})
