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
    expect(problem && formatProblem(problem)).toBe('junctor.json:1:3  error  x: unknown key "x"')
  })
})

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
  ])('warns of %s', (_about, text, message) => {
    const result = parseConfig(text, places)
    expect(lines(result.problems)).toEqual([message])
    expect(result.ok).toBe(true)
  })
})
