import { describe, expect, test } from 'vitest'
import { formatProblem, parseConfig } from '@junctor/config'

/** Everybody may write, so each has a conversation of their own. */
const apart = "session: { dmScope: 'per-channel-peer' }"
const places = { home: '/home/ada', stateDir: '/home/ada/.junctor' }

function problemsOf(text: string): readonly string[] {
  return parseConfig(text, places).problems.map(formatProblem)
}

describe('the channel WhatsApp', () => {
  test('takes empty accounts, a folder and a number', () => {
    const result = parseConfig(
      `{ ${apart}, channels: { whatsapp: { dmPolicy: 'open', accounts: {
        personal: { authDir: '~/.old/wa' }, biz: { phoneNumber: '+1 (555) 000-1111' }, empty: {},
      } } } }`,
      places,
    )
    expect(result.ok && result.problems).toEqual([])
    const accounts = result.ok ? result.config.channels['whatsapp'] : {}
    expect(
      Object.entries(accounts ?? {}).map(([id, { settings }]) => [id, { ...settings }]),
    ).toEqual([
      ['personal', { authDir: '/home/ada/.old/wa' }],
      ['biz', { phoneNumber: '+15550001111' }],
      ['empty', {}],
    ])
  })

  test.each([
    ["phoneNumber: 'mine'", 'must be a number with its country code'],
    ['authDir: 1', 'must be the path of a folder'],
    ["waWebSocketUrl: 'ws://x'", 'unknown key'],
  ])('refuses %s', (setting, complaint) => {
    const text = `{ ${apart}, channels: { whatsapp: { dmPolicy: 'open', ${setting} } } }`
    expect(problemsOf(text)).toEqual([expect.stringContaining(complaint)])
  })

  test('refuses one login for two accounts, however its folder is spelled', () => {
    const text = `{ ${apart}, channels: { whatsapp: { dmPolicy: 'open', accounts: {
      a: { authDir: '~/wa' }, b: { authDir: '/home/ada/x/../wa' } } } } }`
    expect(problemsOf(text)).toEqual([expect.stringContaining('have one authDir')])
  })

  test.each([
    ["allowFrom: ['15550001111@s.whatsapp.net']", 'write "+15550001111"'],
    ["allowFrom: ['+1 555 000 1111']", 'write "+15550001111"'],
    ["allowFrom: ['whatsapp:+15550001111']", 'write "+15550001111"'],
    ["groupAllowFrom: ['15550001111'], groupPolicy: 'open'", 'write "+15550001111"'],
    ["allowFrom: ['ada']", 'write the number with its country code'],
    ["groups: { '1203': {} }", 'write the whole id'],
  ])('says how an id that is nobody is spelled: %s', (setting, hint) => {
    const text = `{ ${apart}, channels: { whatsapp: { dmPolicy: 'allowlist', ${setting} } } }`
    expect(problemsOf(text)).toContainEqual(expect.stringContaining(hint))
  })

  test('says so in bindings, and takes ids that somebody can have', () => {
    const binding = (kind: string, id: string): string =>
      `{ agentId: 'main', match: { channel: 'whatsapp', peer: { kind: '${kind}', id: '${id}' } } }`
    const text = (...bindings: readonly string[]): string =>
      `{ ${apart}, bindings: [${bindings.join(', ')}], channels: { whatsapp: { allowFrom: ['*', '+15550001111', '77@lid'], groups: { '*': {} } } } }`
    expect(
      problemsOf(
        text(
          binding('dm', '+15550001111'),
          binding('dm', '7700@lid'),
          binding('group', '120363-1@g.us'),
        ),
      ),
    ).toEqual([])
    expect(problemsOf(text(binding('dm', '15550001111'), binding('group', '1203')))).toEqual([
      expect.stringMatching(/bindings\[0\]\.match\.peer\.id: .*write "\+15550001111"/),
      expect.stringMatching(/bindings\[1\]\.match\.peer\.id: .*write the whole id/),
    ])
  })
})
