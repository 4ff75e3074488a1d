import type { MessageEnvelope } from '@junctor/channel'
import { describe, expect, it } from 'vitest'
import { admit, type AdmissionPolicy } from './admission.ts'

const policy: AdmissionPolicy = {
  dmPolicy: 'allowlist',
  allowFrom: ['7'],
  groupPolicy: 'allowlist',
  groupAllowFrom: [],
  groups: { '-100': {} },
}

function message(changes: Partial<MessageEnvelope> = {}): MessageEnvelope {
  return {
    type: 'message',
    channel: 'telegram',
    accountId: 'home',
    peer: { kind: 'dm', id: '7' },
    nativeId: '1',
    sender: { id: '7', name: 'Ada', isBot: false, isSelf: false },
    sentAt: 0,
    text: 'hello',
    mentions: { self: false, ids: [] },
    attachments: [],
    ...changes,
  }
}

const inRoom = (id: string, changes: Partial<MessageEnvelope> = {}): MessageEnvelope =>
  message({ peer: { kind: 'group', id }, ...changes })

describe('admission', () => {
  it.each([
    ['a listed sender', message(), policy, true, 'allowFrom'],
    [
      'anybody under "*"',
      message({ sender: { id: '8', isBot: false, isSelf: false } }),
      { ...policy, allowFrom: ['*'] },
      true,
      'allowFrom',
    ],
    [
      'a stranger',
      message({ sender: { id: '8', isBot: false, isSelf: false } }),
      policy,
      false,
      'allowFrom',
    ],
    [
      'an id that differs in case only',
      message({ sender: { id: 'ADA', isBot: false, isSelf: false } }),
      { ...policy, allowFrom: ['ada'] },
      false,
      'allowFrom',
    ],
    [
      'anybody under the open policy',
      message({ sender: { id: '8', isBot: false, isSelf: false } }),
      { ...policy, dmPolicy: 'open' as const },
      true,
      'dmPolicy',
    ],
    [
      'a listed sender under the disabled policy',
      message(),
      { ...policy, dmPolicy: 'disabled' as const },
      false,
      'dmPolicy',
    ],
    [
      'a bot, though it is listed',
      message({ sender: { id: '7', isBot: true, isSelf: false } }),
      policy,
      false,
      'allowBots',
    ],
    ['a listed room', inRoom('-100'), policy, true, 'groups'],
    ['a room that is not listed', inRoom('-200'), policy, false, 'groups'],
    [
      'a room named like a property of every object',
      inRoom('constructor'),
      policy,
      false,
      'groups',
    ],
    ['a room that "*" lists', inRoom('-200'), { ...policy, groups: { '*': {} } }, true, 'groups'],
    [
      'any room under the open policy',
      inRoom('-200'),
      { ...policy, groupPolicy: 'open' as const },
      true,
      'groupPolicy',
    ],
    [
      'a listed room under the disabled policy',
      inRoom('-100'),
      { ...policy, groupPolicy: 'disabled' as const },
      false,
      'groupPolicy',
    ],
    [
      'a sender whom groupAllowFrom leaves out',
      inRoom('-100'),
      { ...policy, groupAllowFrom: ['9'] },
      false,
      'groupAllowFrom',
    ],
  ])('judges %s', (_name, envelope, rules, admitted, rule) => {
    expect(admit(envelope, rules, {})).toMatchObject({ admitted, rule })
  })

  it('lets in whom pairing let in, and only where pairing is the policy', () => {
    const stranger = message({ sender: { id: '8', isBot: false, isSelf: false } })
    const pairing = { ...policy, dmPolicy: 'pairing' as const }
    expect(admit(stranger, pairing)).toMatchObject({ admitted: false, rule: 'pairing' })
    expect(admit(message(), pairing)).toMatchObject({ admitted: true, rule: 'allowFrom' })
    const facts = { isPaired: true }
    expect(admit(stranger, pairing, facts)).toMatchObject({ admitted: true, rule: 'pairing' })
    expect(admit(stranger, policy, facts).admitted).toBe(false)
    expect(admit(inRoom('-200', { sender: stranger.sender }), pairing, facts).admitted).toBe(false)
  })

  it.each([
    ['is switched off', { '-100': { enabled: false } }, false],
    ['names others', { '-100': { allowFrom: ['9'] } }, false],
    ['names its sender', { '-100': { allowFrom: ['7'] } }, true],
    [
      'says nothing where every room names others',
      { '*': { allowFrom: ['9'] }, '-100': {} },
      false,
    ],
    [
      'names its sender where every room names others',
      { '*': { allowFrom: ['9'] }, '-100': { allowFrom: ['7'] } },
      true,
    ],
    [
      'is switched on where every room is off',
      { '*': { enabled: false }, '-100': { enabled: true } },
      true,
    ],
    ['is a thread of a room that names others', { room: { allowFrom: ['9'] } }, false],
  ])('asks a room that %s, under every policy', (_name, groups, admitted) => {
    const envelope = inRoom('-100', { parents: [{ kind: 'group', id: 'room' }] })
    for (const groupPolicy of ['allowlist', 'open'] as const)
      expect(admit(envelope, { ...policy, groupPolicy, groups })).toMatchObject({ admitted })
  })

  it('lets in whom the gateway itself has authenticated, unless direct messages are switched off', () => {
    const stranger = message({ sender: { id: 'owner', isBot: false, isSelf: false } })
    expect(admit(stranger, policy, { agentChoice: true }).admitted).toBe(true)
    const disabled = { ...policy, dmPolicy: 'disabled' as const }
    expect(admit(stranger, disabled, { agentChoice: true }).admitted).toBe(false)
  })

  it('names the person, the setting and the cure', () => {
    const stranger = message({ sender: { id: '8', name: 'Eve', isBot: false, isSelf: false } })
    expect(admit(stranger, policy, {}).reason).toBe(
      'Eve (8) is not in channels.telegram.accounts.home.allowFrom (add "8", or set dmPolicy to "pairing" or "open")',
    )
  })
})
