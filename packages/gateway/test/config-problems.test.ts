import { formatProblem, parseConfig, type Problem } from '@junctor/config'
import { configProblems } from '@junctor/gateway'
import { describe, expect, it } from 'vitest'

function check(text: string): { readonly ok: boolean; readonly lines: readonly string[] } {
  const places = { home: '/h', stateDir: '/s' }
  const { ok, problems } = parseConfig(text, { ...places, check: configProblems })
  return { ok, lines: problems.map((problem: Problem) => formatProblem(problem)) }
}

describe('a binding that can never win', () => {
  const agents = 'agents: { list: [ { id: "a" }, { id: "b" } ] }'
  const match = 'match: { channel: "web", accountId: "*" }'

  it('is warned of, with the one that wins in its place', () => {
    const text = `{ ${agents}, bindings: [ { id: "first", agentId: "a", ${match} }, { agentId: "b", ${match} } ] }`
    expect(check(text)).toEqual({
      ok: true,
      lines: [
        '1:137  warning  bindings[1]: can never win: bindings[0] ("first") in line 1 already catches every message that it is for; remove it, or make it more specific',
      ],
    })
  })

  it('is none where the later one is the more specific', () => {
    const peer = 'match: { channel: "web", accountId: "*", peer: { kind: "dm", id: "7" } }'
    const text = `{ ${agents}, bindings: [ { agentId: "a", ${match} }, { agentId: "b", ${peer} } ] }`
    expect(check(text)).toEqual({ ok: true, lines: [] })
  })
})

describe('a tool that nobody knows', () => {
  it.each([
    [
      'of all agents',
      '{ tools: { allow: ["raed", "group:fs", "sessions_*"], deny: ["Bash"] } }',
      [
        '1:20  warning  tools.allow[0]: there is no tool "raed", so this allows nothing; did you mean "read"?',
      ],
    ],
    [
      'of one agent',
      '{ agents: { list: [ { id: "a", tools: { profile: "minimal", alsoAllow: ["web_fecth"], deny: ["zebra_*"] } } ] } }',
      [
        '1:73  warning  agents.list[0].tools.alsoAllow[0]: there is no tool "web_fecth", so this allows nothing; did you mean "web_fetch"?',
        '1:94  warning  agents.list[0].tools.deny[0]: there is no tool "zebra_*", so this denies nothing; remove it',
      ],
    ],
    [
      'of an MCP server that there is not',
      '{ tools: { mcp: { wiki: { command: "w" } }, deny: ["wiki__*", "Wiki__edit", "*__edit", "wkii__*"] } }',
      [
        '1:88  warning  tools.deny[3]: there is no tool "wkii__*", so this denies nothing; remove it',
      ],
    ],
    [
      'that several agents have from their defaults, once',
      '{ agents: { defaults: { tools: { allow: ["exce"] } }, list: [ { id: "a" }, { id: "b" } ] } }',
      [
        '1:42  warning  agents.defaults.tools.allow[0]: there is no tool "exce", so this allows nothing; did you mean "exec"?',
      ],
    ],
    [
      'of a room, of a provider and of a sandbox',
      '{ channels: { web: { groups: { x: { tools: { deny: ["exce"] } } } } }, tools: { byProvider: { openai: { allow: ["exce"] } }, sandbox: { tools: { deny: ["exce"] } } } }',
      [
        '1:53  warning  channels.web.groups.x.tools.deny[0]: there is no tool "exce", so this denies nothing; did you mean "exec"?',
        '1:113  warning  tools.byProvider.openai.allow[0]: there is no tool "exce", so this allows nothing; did you mean "exec"?',
        '1:153  warning  tools.sandbox.tools.deny[0]: there is no tool "exce", so this denies nothing; did you mean "exec"?',
      ],
    ],
    [
      'that permissions name',
      '{ agents: { list: [ { id: "a", permissions: { operations: ["raed"] } } ] } }',
      [
        '1:60  warning  agents.list[0].permissions.operations[0]: there is no tool "raed", so this allows nothing; did you mean "read"?',
      ],
    ],
  ])('is warned of where it stands: %s', (_about, text, lines) => {
    expect(check(text)).toEqual({ ok: true, lines })
  })
})
