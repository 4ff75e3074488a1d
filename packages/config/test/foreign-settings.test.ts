import { describe, expect, test } from 'vitest'
import { formatProblem, parseConfig, type Config, type FlavourName } from '@junctor/config'

const places = { home: '/home/ada', stateDir: '/home/ada/.junctor' }

function read(text: string, flavour: FlavourName = 'openclaw'): Config {
  const result = parseConfig(text, { ...places, flavour })
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.config
}

function problems(text: string, flavour: FlavourName = 'openclaw'): readonly string[] {
  return parseConfig(text, { ...places, flavour }).problems.map(formatProblem)
}

describe("another system's setting that takes something away", () => {
  test.each([
    ['commands only from a list', '{ security: "allowlist" }'],
    ['no commands', '{ security: "deny" }'],
    ['asking before a command', '{ security: "full", ask: "always" }'],
    ['commands on another machine', '{ host: "node" }'],
  ])('leaves no commands where it means %s', (_about, exec) => {
    const { tools, agents } = read(
      `{ tools: { deny: ["cron"], exec: ${exec} }, agents: { list: [ { id: "a", tools: { exec: ${exec} } } ] } }`,
    )
    expect(tools.deny).toEqual(['cron', 'exec', 'process'])
    expect(agents.list[0]?.tools.deny).toEqual(['exec', 'process'])
  })

  test('is kept for the tools of a room', () => {
    const { channels } = read(
      '{ channels: { telegram: { botToken: "t", allowFrom: ["1"], groups: { x: { tools: { deny: ["bash", "group:openclaw"] } } } } } }',
    )
    expect(channels['telegram']?.['default']?.groups['x']?.tools).toEqual({
      deny: ['exec', 'group:all'],
    })
  })

  test('is left out where it takes nothing', () => {
    const { tools } = read('{ tools: { exec: { security: "full", ask: "off", timeoutSec: 9 } } }')
    expect(tools).toEqual({ agentToAgent: { enabled: false, allow: [] } })
  })

  test.each([
    [
      'who is written to',
      '{ session: { sendPolicy: { default: "deny" } } }',
      '1:14  error  session.sendPolicy: "sendPolicy" is not available in this version, and would have no effect; remove it',
    ],
    [
      'every room',
      '{ channels: { defaults: { groupPolicy: "disabled" } } }',
      '1:15  error  channels.defaults: there is no built-in channel "defaults"; name the npm package that brings it: package: "…"',
    ],
    [
      'tools of one sender in a room',
      '{ channels: { telegram: { botToken: "t", allowFrom: ["1"], groups: { x: { toolsBySender: { "2": { deny: ["exec"] } } } } } } }',
      '1:75  error  channels.telegram.groups.x.toolsBySender: unknown key "toolsBySender"',
    ],
  ])('refuses the file where nothing here can say it: %s', (_about, text, problem) => {
    expect(problems(text)).toEqual([problem])
  })

  test('is kept where a list of rooms stands beside the word for all of them', () => {
    const text =
      '{ channels: { slack: { botToken: "b", appToken: "a", groupPolicy: "open", channels: { C1: { users: ["U1"] } } } } }'
    expect(problems(text)).toEqual(['1:75  error  channels.slack.channels: unknown key "channels"'])
    expect(problems(text.replace('"open"', '"allowlist"'))).toEqual([
      '1:80  warning  channels.slack.channels: "channels" is left out: rooms are listed in groups, by their ids',
    ])
  })
})

describe("another system's spelling of people and rooms", () => {
  test('is told from a number that has lost digits', () => {
    const { channels } = read(
      '{ channels: { telegram: { botToken: "t", dmPolicy: "allowlist", groupAllowFrom: [123456789012345678901], allowFrom: [-5], accounts: { a: { groups: { "-1": { allowFrom: [7] } } } } } } }',
      'clawdbot',
    )
    expect(channels['telegram']?.['a']).toMatchObject({
      allowFrom: ['-5'],
      groupAllowFrom: ['123456789012345678901'],
      groups: { '-1': { allowFrom: ['7'] } },
    })
  })

  test('is refused in a file of ours', () => {
    expect(
      problems('{ channels: { telegram: { botToken: "t", allowFrom: [5] } } }', 'junctor'),
    ).toEqual([
      '1:54  error  channels.telegram.allowFrom[0]: must be an id as text, not the number 5; put quotes around it',
    ])
  })
})

describe("another system's tokens and models", () => {
  test('are found where it keeps them', () => {
    const { channels, models, agents } = parsed(
      '{ models: { mode: "merge", providers: { anthropic: { api: "anthropic-messages", apiKey: "k", models: [] } } }, agents: { defaults: { model: "deep", models: { "anthropic/claude-opus-4-6": { alias: "deep" }, "openai/gpt-5": {} } } }, channels: { telegram: { webhookUrl: "https://a.example/x", webhookSecret: "s", accounts: { a: { tokenFile: "~/t", allowFrom: ["1"] } } } } }',
    )
    expect(channels['telegram']?.['a']?.settings).toEqual({
      botToken: 'from ~/t',
      webhook: { url: 'https://a.example/x', secret: 's' },
    })
    expect(models).toMatchObject({
      providers: { anthropic: { api: 'anthropic', apiKey: 'k' } },
      aliases: { deep: 'anthropic/claude-opus-4-6' },
    })
    expect(agents.list[0]?.model).toBe('anthropic/claude-opus-4-6')
  })

  function parsed(text: string): Config {
    const result = parseConfig(text, {
      ...places,
      flavour: 'openclaw',
      readSecretFile: (path) => `from ${path}`,
    })
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
    return result.config
  }
})
