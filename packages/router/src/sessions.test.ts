import { describe, expect, test } from 'vitest'
import type { Binding, SessionConfig } from './config.ts'
import type { RouteInput } from './router-contract.ts'
import { compileRouter } from './router.ts'

const agents = [{ id: 'home' }, { id: 'work' }]
const dm = { channel: 'telegram', accountId: 'biz', peer: { kind: 'dm', id: '123' } } as const

function keyOf(session: SessionConfig, input: RouteInput, bindings: readonly Binding[] = []) {
  return compileRouter({ agents, bindings, session }).resolve(input).sessionKey
}

describe('direct messages', () => {
  test.each([
    ['main', 'agent:home:main'],
    ['per-peer', 'agent:home:dm:123'],
    ['per-channel-peer', 'agent:home:telegram:dm:123'],
    ['per-account-channel-peer', 'agent:home:telegram:biz:dm:123'],
  ] as const)('under %s go to %s', (dmScope, key) => {
    expect(keyOf({ dmScope }, dm)).toBe(key)
  })

  test('share the main session when nothing is said, under its configured name', () => {
    const answer = compileRouter({ agents, bindings: [], session: { mainKey: 'desk' } }).resolve(dm)
    expect(answer).toMatchObject({
      sessionKey: 'agent:home:desk',
      mainSessionKey: 'agent:home:desk',
    })
  })

  test('follow the scope of the binding that caught them', () => {
    const bindings = [
      { agentId: 'work', match: { channel: 'telegram' }, dmScope: 'per-peer' },
    ] as const
    expect(keyOf({ dmScope: 'main' }, dm, bindings)).toBe('agent:work:dm:123')
  })

  test('keep their threads', () => {
    expect(keyOf({}, { ...dm, threadId: '7' })).toBe('agent:home:main:topic:7')
    const slack = { ...dm, channel: 'slack', threadId: '7' }
    expect(keyOf({ dmScope: 'per-peer' }, slack)).toBe('agent:home:dm:123:thread:7')
  })
})

describe('rooms', () => {
  test.each([
    ['group', 'default', undefined, 'agent:home:telegram:group:-1'],
    ['channel', 'default', undefined, 'agent:home:telegram:channel:-1'],
    ['group', 'biz', undefined, 'agent:home:telegram:biz:group:-1'],
    ['channel', 'biz', '9', 'agent:home:telegram:biz:channel:-1:topic:9'],
  ] as const)('%s on %s, thread %s: %s', (kind, accountId, threadId, key) => {
    const input = { channel: 'Telegram', accountId, peer: { kind, id: '-1' } }
    expect(keyOf({}, threadId === undefined ? input : { ...input, threadId })).toBe(key)
  })

  test('write a colon in an id so that no other room shares the key', () => {
    const input = {
      channel: 'matrix',
      accountId: 'default',
      peer: { kind: 'group', id: '!r:x%' },
    } as const
    expect(keyOf({}, input)).toBe('agent:home:matrix:group:!r%3Ax%25')
  })
})

describe('identity links', () => {
  const identityLinks = { alice: ['telegram:123', 'Slack:U:1'], __proto__x: ['slack:U2'] }
  const slack = { ...dm, channel: 'slack', peer: { kind: 'dm', id: 'U:1' } } as const

  test('join one person across channels', () => {
    const session = { dmScope: 'per-peer', identityLinks } as const
    expect(keyOf(session, dm)).toBe('agent:home:person:alice')
    expect(keyOf(session, slack)).toBe('agent:home:person:alice')
  })

  test('stay inside the channel or the account where the scope says so', () => {
    expect(keyOf({ dmScope: 'per-channel-peer', identityLinks }, slack)).toBe(
      'agent:home:slack:person:alice',
    )
    expect(keyOf({ dmScope: 'per-account-channel-peer', identityLinks }, slack)).toBe(
      'agent:home:slack:biz:person:alice',
    )
  })

  test('never let a stranger into a session by the name', () => {
    const stranger = { ...dm, peer: { kind: 'dm', id: 'alice' } } as const
    const session = { dmScope: 'per-peer', identityLinks } as const
    expect(keyOf(session, stranger)).toBe('agent:home:dm:alice')
    expect(keyOf(session, { ...slack, channel: 'discord' })).toBe('agent:home:dm:U%3A1')
  })

  test('change nothing under main, nor in rooms', () => {
    expect(keyOf({ identityLinks }, dm)).toBe('agent:home:main')
    const group = { ...dm, peer: { kind: 'group', id: '123' } } as const
    expect(keyOf({ dmScope: 'per-peer', identityLinks }, group)).toBe(
      'agent:home:telegram:biz:group:123',
    )
  })
})

describe('broadcast', () => {
  const config = {
    agents,
    bindings: [
      { agentId: 'work', match: { channel: 'telegram', peer: { kind: 'group', id: '-1' } } },
    ],
    broadcast: { groups: { '-1': ['home', 'work'] } },
  } as const
  const group = { ...dm, peer: { kind: 'group', id: '-1' } } as const

  test('gives every agent of the group its own session, whatever the bindings say', () => {
    const router = compileRouter(config)
    expect(router.resolveAll(group)).toEqual([
      {
        agentId: 'home',
        accountId: 'biz',
        sessionKey: 'agent:home:telegram:biz:group:-1',
        mainSessionKey: 'agent:home:main',
        tier: 'broadcast',
      },
      {
        agentId: 'work',
        accountId: 'biz',
        sessionKey: 'agent:work:telegram:biz:group:-1',
        mainSessionKey: 'agent:work:main',
        tier: 'broadcast',
      },
    ])
    expect(router.resolve(group)).toEqual(router.resolveAll(group)[0])
  })

  test('leaves other peers to the bindings', () => {
    const router = compileRouter(config)
    expect(router.resolveAll(dm)).toEqual([router.resolve(dm)])
    expect(router.resolve(dm).tier).toBe('default')
  })

  test('links identities on channels that have no binding', () => {
    const session = { dmScope: 'per-peer', identityLinks: { alice: ['irc:al'] } } as const
    const router = compileRouter({ ...config, session, broadcast: { groups: { al: ['work'] } } })
    const input = { channel: 'IRC', accountId: 'default', peer: { kind: 'dm', id: 'al' } } as const
    expect(router.resolve(input).sessionKey).toBe('agent:work:person:alice')
  })
})
