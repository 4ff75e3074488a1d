import { describe, expect, test } from 'vitest'
import { parseConfig, type Problem } from '@junctor/config'

const agents = 'agents: { list: [ { id: "main" }, { id: "work" } ] }'

function refusals(text: string): readonly Problem[] {
  const { problems } = parseConfig(text, { home: '/home/ada', stateDir: '/state' })
  return problems.filter(({ severity }) => severity === 'error')
}

function telegram(rest: string, more = ''): string {
  return `{ ${agents}, channels: { telegram: { botToken: "t", ${rest} } } ${more} }`
}

describe('one conversation for several people', () => {
  const ada = '{ agentId: "main", match: { channel: "telegram", peer: { kind: "dm", id: "1" } } }'
  const bob = '{ agentId: "work", match: { channel: "telegram", peer: { kind: "dm", id: "2" } } }'
  const split = (list: string, routing = ''): string =>
    `{ agents: { list: [ ${list} ] }, channels: { telegram: { botToken: "t", allowFrom: ["1", "2"] } }, bindings: [ ${ada}, ${bob} ] ${routing} }`

  test('is refused when an agent stands in for another', () => {
    const standIn = '{ id: "main" }, { id: "work", fallback: ["main"] }'
    expect(refusals(split('{ id: "main" }, { id: "work" }'))).toEqual([])
    expect(refusals(split(standIn))).toMatchObject([
      { code: 'SHARED_SESSION', message: expect.stringContaining('"main" would hold one') },
    ])
    expect(refusals(split(standIn, ', routing: { onUnavailable: "queue" }'))).toEqual([])
  })

  test('is refused when a policy leads to an agent that somebody has already', () => {
    const list = '{ id: "main" }, { id: "work" }, { id: "third", roles: ["qa"] }'
    const open = (policy: string): string =>
      `{ agents: { list: [ ${list} ] }, channels: { telegram: { botToken: "t", allowFrom: ["1", "2"] } }, bindings: [ ${bob} ], routing: { policies: [ ${policy} ] } }`
    const named = (agent: string) => [
      { code: 'SHARED_SESSION', message: expect.stringContaining(`"${agent}" would hold one`) },
    ]
    expect(refusals(open('{ when: { text: "x" }, to: "work" }'))).toMatchObject(named('work'))
    expect(refusals(open('{ when: { time: {} }, to: "main", else: ["work"] }'))).toMatchObject(
      named('work'),
    )
    expect(refusals(open('{ when: {}, to: "role:qa" }'))).toEqual([])
    expect(refusals(open('{ when: { sender: ["9"] }, to: "work" }'))).toEqual([])
    expect(refusals(open('{ when: { channel: "web" }, to: "work" }'))).toEqual([])
    expect(refusals(open('{ when: { peer: { kind: "group", id: "5" } }, to: "work" }'))).toEqual([])
  })

  test('is refused with the agent, the people and the cure', () => {
    const [problem, ...others] = refusals(telegram('allowFrom: ["1", "2"]'))
    expect(others).toEqual([])
    expect(problem).toMatchObject({ code: 'SHARED_SESSION', path: 'channels.telegram' })
    expect(problem?.message).toBe(
      'the agent "main" would hold one conversation with telegram:1 and telegram:2: each would read what the others write',
    )
    expect(problem?.hint).toBe(
      'write session: { dmScope: "per-channel-peer" } to give each person a conversation, session: { dmScope: "main" } to share one, or link the accounts of one person in session.identityLinks',
    )
  })

  test.each([
    ['an open account', 'dmPolicy: "open"', '', ['anyone on telegram']],
    ['a list that lets everybody in', 'allowFrom: ["*"]', '', ['anyone on telegram']],
    [
      'people of two accounts',
      'allowFrom: ["1"], accounts: { a: {}, b: { botToken: "u", allowFrom: ["2"] } }',
      '',
      ['telegram:1 and telegram:2'],
    ],
    [
      'people of two channels',
      'allowFrom: ["1"] }, irc: { package: "p", allowFrom: ["1"]',
      '',
      ['telegram:1 and irc:1'],
    ],
    [
      'more people than a line holds',
      'allowFrom: ["1", "2", "3", "4", "5", "6", "7"]',
      '',
      ['telegram:1, telegram:2, telegram:3, telegram:4, telegram:5 and 2 more'],
    ],
    [
      'people whom a binding on an open account lets in',
      'dmPolicy: "open"',
      ', bindings: [ { agentId: "work", allowFrom: ["1", "2"], match: { channel: "telegram" } } ]',
      ['telegram:1 and telegram:2'],
    ],
    [
      'people of a broadcast to direct messages',
      'allowFrom: ["1", "2"]',
      ', broadcast: { groups: { "1": ["work"], "2": ["work"] } }',
      ['telegram:1 and telegram:2'],
    ],
    [
      'a binding that catches some of them only in a team',
      'allowFrom: ["1", "2"]',
      ', bindings: [ { agentId: "work", match: { channel: "telegram", teamId: "T" } } ]',
      ['telegram:1 and telegram:2', 'telegram:1 and telegram:2'],
    ],
  ])('is refused for %s', (_about, account, more, people) => {
    const problems = refusals(telegram(account, more))
    expect(problems.map(({ code }) => code)).toEqual(people.map(() => 'SHARED_SESSION'))
    expect(
      problems.map(({ message }) => /conversation with (.*): each/.exec(message)?.[1]),
    ).toEqual(people)
  })

  test.each([
    [
      'the scope is written, whatever it is',
      'allowFrom: ["1", "2"]',
      ', session: { dmScope: "main" }',
    ],
    [
      'they are one person',
      'allowFrom: ["1", "2"]',
      ', session: { identityLinks: { ada: ["telegram:1", "Telegram:2"] } }',
    ],
    [
      'one person is listed for two accounts',
      'allowFrom: ["1"], accounts: { a: {}, b: { botToken: "u" } }',
      '',
    ],
    [
      'bindings give each person an agent',
      'allowFrom: ["1", "2"]',
      ', bindings: [ { agentId: "work", match: { channel: "telegram", peer: { kind: "dm", id: "2" } } } ]',
    ],
    [
      'the binding that catches them has a scope of its own',
      'dmPolicy: "open"',
      ', bindings: [ { agentId: "work", dmScope: "per-peer", match: { channel: "telegram" } } ]',
    ],
    [
      'the binding that catches them lets one of them in',
      'allowFrom: ["1", "2"]',
      ', bindings: [ { agentId: "work", allowFrom: ["2"], match: { channel: "telegram", accountId: "default" } } ]',
    ],
    ['direct messages are off', 'dmPolicy: "disabled", allowFrom: ["1", "2"]', ''],
    ['the account is off', 'enabled: false, allowFrom: ["1", "2"]', ''],
    [
      'they only meet in rooms',
      'groupPolicy: "open", groupAllowFrom: ["1", "2"], allowFrom: ["1"]',
      '',
    ],
  ])('is accepted when %s', (_about, account, more) => {
    expect(refusals(telegram(account, more))).toEqual([])
  })

  test('counts the web page as its owner', () => {
    expect(refusals('{ channels: { web: { dmPolicy: "open" } } }')).toEqual([])
    expect(refusals(telegram('allowFrom: ["1"]'))).toEqual([])
  })
})
