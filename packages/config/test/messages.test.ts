import { describe, expect, test } from 'vitest'
import { formatProblem, parseConfig, type Problem } from '@junctor/config'
import { badConfigs } from './bad-configs.ts'

const places = { home: '/home/ada', stateDir: '/home/ada/.junctor' }

function lines(problems: readonly Problem[]): readonly string[] {
  return problems.map(formatProblem)
}

describe('a config that is refused', () => {
  test.each(badConfigs)('says all that is wrong with $about', ({ text, env = {}, messages }) => {
    const result = parseConfig(text, { ...places, env })
    expect(lines(result.problems)).toEqual(messages)
    expect(result.ok).toBe(false)
  })

  test('names its file', () => {
    const [problem] = parseConfig('{ x: 1 }', { ...places, file: 'junctor.json' }).problems
    expect(problem).toMatchObject({ file: 'junctor.json', line: 1, column: 3, path: 'x' })
    expect(problem && formatProblem(problem)).toBe(
      'junctor.json:1:3  error  x: unknown key "x"; the keys here are $schema, gateway, agents, bindings, broadcast, routing, session, browser, tools, channels, models, auth and 7 more',
    )
  })
})

/** A binding for rooms of Telegram, whose channel has these settings. */
function bound(peer: string, settings: string): string {
  return `{ channels: { telegram: { botToken: "t", ${settings} } }, bindings: [ { agentId: "main", match: { channel: "telegram", accountId: "*", peer: ${peer} } } ] }`
}

describe('a config that works and could still be meant otherwise', () => {
  const agents = 'agents: { list: [ { id: "a" }, { id: "b" } ] }'
  test.each([
    [
      'an omitted account among several',
      `{ channels: { web: { accounts: { biz: {}, home: {} } } }, bindings: [ { agentId: "main", match: { channel: "web" } } ] }`,
      '1:90  warning  bindings[0].match: accountId is not written, and web has 2 accounts: it means all of them; write accountId: "*" for all of them, or accountId: "biz" for one',
    ],
    [
      'an omitted account in the older meaning',
      `{ channels: { web: { accounts: { biz: {}, default: {} } } }, bindings: [ { agentId: "main", match: { channel: "web" } } ], routing: { omittedAccount: "default" } }`,
      '1:93  warning  bindings[0].match: accountId is not written, and web has 2 accounts: it means the account "default" alone; write accountId: "*" for all of them, or accountId: "default" for one',
    ],
    [
      'a workspace that two agents ask for',
      '{ agents: { list: [ { id: "a", workspace: "~/w" }, { id: "b", workspace: "~/w" } ] } }',
      '1:74  warning  agents.list[1].workspace: the agents "a" and "b" share one workspace, /home/ada/w: each reads and changes the other\'s files; give each its own unless that is meant',
    ],
    [
      'what a shared container does not take from an agent',
      '{ agents: { defaults: { sandbox: { scope: "shared" } }, list: [ { id: "a", sandbox: { docker: { image: "x" } } } ] } }',
      '1:87  warning  agents.list[0].sandbox.docker: the container is shared, and is made as agents.defaults.sandbox.docker says: what "a" asks for has no effect; give the agent a container of its own with scope: "agent"',
    ],
    [
      'agents that may reach each other, of which none may',
      '{ tools: { agentToAgent: { enabled: true } } }',
      '1:37  warning  tools.agentToAgent.enabled: agents may reach each other, but no agent is allowed to: an empty allow is nobody; list the agents in allow',
    ],
    [
      'a binding for an account that is not there',
      `{ ${agents}, bindings: [ { agentId: "a", match: { channel: "web", accountId: "deafult" } } ] }`,
      '1:115  warning  bindings[0].match.accountId: web has no account "deafult", so nothing reaches this binding; did you mean "default"?',
    ],
    [
      'a binding for a channel that is not there',
      `{ ${agents}, bindings: [ { agentId: "a", match: { channel: "telegram" } } ] }`,
      '1:97  warning  bindings[0].match.channel: the channel "telegram" has no account, so nothing reaches this binding; configure channels.telegram',
    ],
    [
      'an account that nobody may write to',
      '{ channels: { telegram: { botToken: "t", dmPolicy: "allowlist" } } }',
      '1:15  warning  channels.telegram: nobody may write to this account: allowFrom and groups are empty; put the ids of people into allowFrom, or set dmPolicy to "pairing"',
    ],
    [
      'a way to queue for a channel that is not there',
      '{ messages: { queue: { byChannel: { wbe: "steer" } } } }',
      '1:42  warning  messages.queue.byChannel.wbe: the channel "wbe" has no account, so nothing reads this; did you mean "web"?',
    ],
    [
      'a bound room that is not listed',
      bound('{ kind: "group", id: "-7" }', 'groups: { "-8": {} }'),
      '1:145  warning  bindings[0].match.peer: nothing from there reaches this binding: for the account "default" of telegram groups does not list "-7"; add "-7" to channels.telegram.groups, or set groupPolicy to "open"',
    ],
    [
      'a bound room where rooms are switched off',
      bound('{ kind: "group", id: "*" }', 'groupPolicy: "disabled"'),
      '1:148  warning  bindings[0].match.peer: nothing from there reaches this binding: for the account "default" of telegram groupPolicy is "disabled"; set groupPolicy to "allowlist" or "open"',
    ],
    [
      'a bound room that is switched off',
      bound('{ kind: "group", id: "-7" }', 'groups: { "*": {}, "-7": { enabled: false } }'),
      '1:170  warning  bindings[0].match.peer: nothing from there reaches this binding: for the account "default" of telegram groups switches "-7" off; remove enabled: false from groups["-7"]',
    ],
    [
      'bound rooms of which none is listed, in every account',
      bound(
        '{ kind: "group", id: "*" }',
        'accounts: { x: { botToken: "x" }, y: { botToken: "y", groupPolicy: "disabled" } }',
      ),
      '1:206  warning  bindings[0].match.peer: nothing from there reaches this binding: for the accounts "x" and "y" of telegram groups lists no room; list rooms in groups, or set groupPolicy to "open"',
    ],
    [
      'people for rooms that are open to everybody',
      '{ channels: { telegram: { botToken: "t", groupPolicy: "open", groupAllowFrom: ["7"] } } }',
      '1:63  warning  channels.telegram.groupAllowFrom: groupPolicy is "open", so everybody in every room may speak and this has no effect; set groupPolicy to "allowlist" and list the rooms in groups, or remove this',
    ],
    [
      'people for rooms that are switched off, once for all accounts',
      '{ channels: { telegram: { groupPolicy: "disabled", groupAllowFrom: ["7"], accounts: { x: { botToken: "x" }, y: { botToken: "y" } } } } }',
      '1:52  warning  channels.telegram.groupAllowFrom: groupPolicy is "disabled", so nobody in any room may speak and this has no effect; set groupPolicy to "allowlist" and list the rooms in groups, or remove this',
    ],
  ])('warns of %s', (_about, text, message) => {
    const result = parseConfig(text, places)
    expect(lines(result.problems)).toEqual([message])
    expect(result.ok).toBe(true)
  })

  test.each([
    ['listed', bound('{ kind: "group", id: "-7" }', 'groups: { "-7": {} }')],
    ['any that are listed', bound('{ kind: "group", id: "*" }', 'groups: { "-7": {} }')],
    ['let in by "*"', bound('{ kind: "group", id: "-7" }', 'groups: { "*": {} }')],
    ['in an open account', bound('{ kind: "group", id: "-7" }', 'groupPolicy: "open"')],
    ['of a person', bound('{ kind: "dm", id: "7" }', 'groupPolicy: "disabled"')],
    [
      'heard by one of two accounts',
      bound(
        '{ kind: "group", id: "-7" }',
        'accounts: { x: { botToken: "x" }, y: { botToken: "y", groupPolicy: "open" } }',
      ),
    ],
    [
      'perhaps in a category that is listed',
      '{ channels: { discord: { token: "t", groups: { "1": {} } } }, bindings: [ { agentId: "main", match: { channel: "discord", peer: { kind: "channel", id: "2" } } } ] }',
    ],
  ])('says nothing of a bound room that is %s', (_about, text) => {
    expect(lines(parseConfig(text, places).problems)).toEqual([])
  })
})
