import { describe, expect, test } from 'vitest'
import {
  formatDifference,
  formatProblem,
  migrateConfig,
  parseConfig,
  type Config,
  type FlavourName,
} from '@junctor/config'

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
      '1:75  error  channels.telegram.groups.x.toolsBySender: unknown key "toolsBySender"; the keys here are enabled, requireMention, allowBots, maxBotTurns, historyLimit, allowFrom, tools, topics',
    ],
  ])('refuses the file where nothing here can say it: %s', (_about, text, problem) => {
    expect(problems(text)).toEqual([problem])
  })
})

describe("another system's rooms", () => {
  const groupsOf = (text: string, channel: string): unknown =>
    read(text).channels[channel]?.['default']?.groups

  test('are groups by their ids on Slack', () => {
    const text = `{ channels: { slack: { botToken: "b", appToken: "a", channels: {
      C0AB: { requireMention: false, users: [7, "U1"], skills: ["x"] },
      G0CD: { allow: false }, "*": { enabled: true, allow: true }, "#general": { requireMention: false },
    } } } }`
    expect(groupsOf(text, 'slack')).toEqual({
      C0AB: { requireMention: false, allowFrom: ['7', 'U1'] },
      G0CD: { enabled: false },
      '*': { enabled: true },
    })
    expect(problems(text)).toEqual([
      '2:56  warning  channels.slack.channels.C0AB.skills: "skills" is left out: nothing here does this',
      '3:68  warning  channels.slack.channels["#general"]: "#general" is left out: rooms are listed by their ids',
    ])
  })

  test('are refused on Slack where a name alone keeps somebody out of an open account', () => {
    const text = (policy: string): string =>
      `{ channels: { slack: { botToken: "b", appToken: "a", groupPolicy: "${policy}", channels: { general: { users: ["U1"] } } } } }`
    expect(problems(text('open'))).toEqual([
      '1:75  error  channels.slack.channels: unknown key "channels"; the keys here are botToken, appToken, signingSecret, apiRoot, enabled, dmPolicy, allowFrom, groupPolicy, groupAllowFrom, allowBots, maxBotTurns, groups and 1 more',
    ])
    expect(problems(text('allowlist'))).toEqual([expect.stringContaining('"general" is left out')])
  })

  test('are guilds and rooms on Discord, each with what its guild says', () => {
    const text = `{ channels: { discord: { token: "t", guilds: {
      "111111": { slug: "home", requireMention: false },
      "222222": { users: ["5"], channels: { "22222201": { requireMention: false }, "22222202": { allow: false, users: ["6"] }, lounge: {} } },
      friends: {},
    } } } }`
    expect(groupsOf(text, 'discord')).toEqual({
      'guild:111111': { requireMention: false },
      '22222201': { allowFrom: ['5'], requireMention: false },
      '22222202': { enabled: false, allowFrom: ['6'] },
    })
    expect(problems(text).map((line) => line.replace(/^.*warning {2}/, ''))).toEqual([
      'channels.discord.guilds["111111"].slug: "slug" is left out: nothing here does this',
      'channels.discord.guilds["222222"].channels.lounge: "lounge" is left out: rooms are listed by their ids',
      'channels.discord.guilds.friends: "friends" is left out: rooms are listed by their ids',
    ])
  })

  test('are no more than those guilds on Discord, whatever the policy says', () => {
    const { channels } = read(
      `{ channels: { discord: { token: "t", groupPolicy: "open", accounts: { a: { token: "t1", guilds: { "111111": {}, "*": { requireMention: false } } }, b: { token: "t2" } } } } }`,
    )
    expect(channels['discord']?.['a']).toMatchObject({
      groupPolicy: 'allowlist',
      groups: { 'guild:111111': { requireMention: true }, '*': { requireMention: false } },
    })
    expect(channels['discord']?.['b']).toMatchObject({ groupPolicy: 'open', groups: {} })
  })

  test('keep their topics on Telegram', () => {
    const text = `{ channels: { telegram: { botToken: "t", groups: { "-1": { topics: {
      "7": { requireMention: false, allowFrom: [5], systemPrompt: "x" }, "8": { enabled: false } } } } } } }`
    expect(groupsOf(text, 'telegram')).toEqual({
      '-1': {
        topics: { '7': { requireMention: false, allowFrom: ['5'] }, '8': { enabled: false } },
      },
    })
  })

  test('limit no tools for a whole guild', () => {
    expect(
      problems(
        '{ channels: { discord: { token: "t", guilds: { "111111": { tools: { deny: ["exec"] } } } } } }',
      ),
    ).toEqual([
      '1:60  error  channels.discord.guilds["111111"].tools: tools are limited room by room, and not for a whole guild; write them for its rooms, or for an agent of their own',
    ])
  })
})

describe("another system's words for who may speak in rooms", () => {
  const telegram = (settings: string): unknown =>
    read(
      `{ channels: { telegram: { botToken: "t", ${settings} } }, session: { dmScope: "per-peer" } }`,
    ).channels['telegram']

  test.each([
    [
      'people of allowFrom alone, where no others are listed',
      'groupPolicy: "allowlist", allowFrom: [7, "8"], groups: { "-1": {} }',
      { default: { groupPolicy: 'allowlist', groupAllowFrom: ['7', '8'] } },
    ],
    [
      'the others that are listed',
      'groupPolicy: "allowlist", allowFrom: ["7"], groupAllowFrom: ["9"], groups: { "-1": {} }',
      { default: { groupAllowFrom: ['9'] } },
    ],
    [
      'everybody in rooms that are listed by their ids, where nobody else is',
      'groupPolicy: "allowlist", groups: { "-1": {} }',
      { default: { groupPolicy: 'allowlist', groupAllowFrom: [] } },
    ],
    [
      'nobody, where neither people nor rooms are listed',
      'groupPolicy: "allowlist", groups: { "*": { requireMention: true } }',
      { default: { groupPolicy: 'disabled', groupAllowFrom: [] } },
    ],
    [
      'those that a room lists',
      'groupPolicy: "allowlist", groups: { "-1": { allowFrom: ["7"] } }',
      { default: { groupPolicy: 'allowlist', groupAllowFrom: [] } },
    ],
    [
      'everybody, in the listed rooms alone',
      'groupPolicy: "open", groups: { "-1": {} }',
      { default: { groupPolicy: 'allowlist', groupAllowFrom: [] } },
    ],
    [
      'everybody in every room',
      'groupPolicy: "open", groups: { "-1": {}, "*": {} }',
      { default: { groupPolicy: 'open' } },
    ],
    [
      'people of each account',
      'groupPolicy: "allowlist", groups: { "*": {} }, accounts: { a: { botToken: "a", allowFrom: ["1"] }, b: { botToken: "b", groupAllowFrom: ["2"] }, c: { botToken: "c" }, d: { botToken: "d", groupPolicy: "open" } }',
      {
        a: { groupPolicy: 'allowlist', groupAllowFrom: ['1'] },
        b: { groupPolicy: 'allowlist', groupAllowFrom: ['2'] },
        c: { groupPolicy: 'disabled' },
        d: { groupPolicy: 'open', groupAllowFrom: [] },
      },
    ],
    [
      'people of the channel in an account that asks for them',
      'allowFrom: ["5"], groups: { "-1": {} }, accounts: { a: { botToken: "a", groupPolicy: "allowlist" } }',
      { a: { groupPolicy: 'allowlist', groupAllowFrom: ['5'] } },
    ],
  ])('lets in %s', (_about, settings, accounts) => {
    expect(telegram(settings)).toMatchObject(accounts)
  })

  test('is told of where no policy is written', () => {
    const differences = (settings: string): readonly string[] =>
      parseConfig(`{ channels: { telegram: { botToken: "t", allowFrom: [7], ${settings} } } }`, {
        ...places,
        flavour: 'openclaw',
      }).reading.differences.map(formatDifference)
    expect(differences('groups: { "-1": {} }')).toEqual([
      expect.stringMatching(
        /^1:15 {2}channels\.telegram: everybody in a listed room may speak there; newer versions of OpenClaw let people/,
      ),
    ])
    expect(differences('groups: { "-1": {} }, groupPolicy: "allowlist"')).toEqual([])
    expect(differences('groups: {}')).toEqual([])
  })

  test('is written out by a migration, and means the same then', () => {
    const text =
      '{ channels: { telegram: { botToken: "t", groupPolicy: "allowlist", allowFrom: [7], groups: { "-1": {} } } } }'
    const { text: migrated = '' } = migrateConfig(text, { ...places, flavour: 'openclaw' })
    expect(migrated).toContain('groupAllowFrom: ["7"]')
    expect(read(migrated, 'junctor').channels).toEqual(read(text).channels)
  })
})

describe("another system's end of a session", () => {
  test.each([
    ['alone', '{ session: { idleMinutes: 30 } }', { mode: 'idle', idleMinutes: 30, atHour: 4 }],
    [
      'beside a rule',
      '{ session: { reset: { atHour: 5 }, idleMinutes: 30 } }',
      { mode: 'daily', atHour: 5, idleMinutes: 30 },
    ],
    [
      'beside a rule that says so itself',
      '{ session: { reset: { mode: "idle", idleMinutes: 10 }, idleMinutes: 30 } }',
      { mode: 'idle', atHour: 4, idleMinutes: 10 },
    ],
  ])('is idleMinutes of reset: %s', (_about, text, reset) => {
    expect(read(text).session.reset).toEqual(reset)
    const { text: migrated = '' } = migrateConfig(text, { ...places, flavour: 'openclaw' })
    expect(read(migrated, 'junctor').session.reset).toEqual(reset)
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

  test('is told for those whose commands may leave the sandbox', () => {
    const { tools } = read(
      '{ tools: { elevated: { enabled: true, allowFrom: { telegram: [7, "8"] } } } }',
    )
    expect(tools.elevated).toEqual({ enabled: true, allowFrom: { telegram: ['7', '8'] } })
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
