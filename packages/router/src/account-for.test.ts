import { describe, expect, test } from 'vitest'
import type { Binding, RouterConfig } from './config.ts'
import { compileRouter } from './router.ts'

const agents = [{ id: 'main' }, { id: 'home' }, { id: 'work' }]
const alice = { kind: 'dm', id: '+1' } as const

function bind(agentId: string, match: Omit<Binding['match'], 'channel'> = {}): Binding {
  return { agentId, match: { channel: 'whatsapp', ...match } }
}

function routerOf(bindings: readonly Binding[], config: Partial<RouterConfig> = {}) {
  return compileRouter({ agents, bindings, ...config })
}

describe('accountFor', () => {
  const two = [bind('home', { accountId: 'personal' }), bind('work', { accountId: 'biz' })]

  test('gives the account that the agent is bound to', () => {
    const router = routerOf(two)
    expect(router.accountFor('home', { channel: 'WhatsApp' })).toBe('personal')
    expect(router.accountFor('work', { channel: 'whatsapp', peer: alice })).toBe('biz')
  })

  test('follows the conversation: the account whose message from there reaches the agent', () => {
    const router = routerOf([...two, bind('work', { accountId: 'personal', peer: alice })])
    expect(() => router.accountFor('home', { channel: 'whatsapp', peer: alice })).toThrow(
      expect.objectContaining({ code: 'NO_ACCOUNT' }),
    )
    const bob = { kind: 'dm', id: '+2' } as const
    expect(router.accountFor('home', { channel: 'whatsapp', peer: bob })).toBe('personal')
    expect(router.accountFor('work', { channel: 'whatsapp', peer: bob })).toBe('biz')
  })

  test('refuses to choose between two and names them', () => {
    const router = routerOf([...two, bind('home', { accountId: 'old' })])
    const ambiguous = expect.objectContaining({
      code: 'AMBIGUOUS_ACCOUNT',
      message: expect.stringContaining('personal, old'),
    })
    expect(() => router.accountFor('home', { channel: 'whatsapp' })).toThrow(ambiguous)
    expect(() => router.accountFor('home', { channel: 'whatsapp', peer: alice })).toThrow(ambiguous)
  })

  test('takes the default account of the channel where the agent is bound to every account', () => {
    const bindings = [bind('home'), bind('work', { accountId: 'biz', peer: alice })]
    const defaultAccounts = { whatsapp: 'personal' }
    const router = routerOf(bindings, { defaultAccounts })
    expect(router.accountFor('home', { channel: 'whatsapp' })).toBe('personal')
    const accounts = ['a', 'b']
    expect(() => router.accountFor('home', { channel: 'whatsapp', accounts })).toThrow(/a, b/)
    expect(router.accountFor('home', { channel: 'whatsapp', accounts: ['a'] })).toBe('a')
  })

  test('never lets the default account stand in for accounts that a binding names', () => {
    const bindings = [bind('home', { accountId: 'personal' }), bind('home', { accountId: 'biz' })]
    const router = routerOf(bindings, { defaultAccounts: { whatsapp: 'biz' } })
    for (const target of [{ channel: 'whatsapp' }, { channel: 'whatsapp', peer: alice }]) {
      expect(() => router.accountFor('home', target)).toThrow(
        expect.objectContaining({ code: 'AMBIGUOUS_ACCOUNT' }),
      )
    }
  })

  test('calls the one account of a channel without named ones "default"', () => {
    const router = routerOf([bind('home')])
    expect(router.accountFor('home', { channel: 'whatsapp' })).toBe('default')
    expect(router.accountFor('main', { channel: 'irc' })).toBe('default')
  })

  test('answers for every agent of a broadcast group', () => {
    const router = routerOf([], { broadcast: { groups: { g: ['home', 'work'] } } })
    const peer = { kind: 'group', id: 'g' } as const
    expect(router.accountFor('work', { channel: 'whatsapp', peer })).toBe('default')
    expect(router.accountFor('work', { channel: 'whatsapp' })).toBe('default')
  })

  test('refuses an agent without a way there, and one that does not exist', () => {
    const router = routerOf(two)
    const target = { channel: 'slack' }
    expect(() => router.accountFor('work', target)).toThrow(
      expect.objectContaining({ code: 'NO_ACCOUNT' }),
    )
    expect(() => router.accountFor('ghost', target)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_AGENT' }),
    )
  })
})
