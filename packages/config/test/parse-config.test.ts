import { describe, expect, test } from 'vitest'
import { parseConfig, type Config, type ParseOptions } from '@junctor/config'
import { fullConfig } from './full-config.ts'

const places = { home: '/home/ada', stateDir: '/home/ada/.junctor' }
const sandbox = {
  mode: 'off',
  scope: 'agent',
  workspaceAccess: 'none',
  sessionToolsVisibility: 'spawned',
  docker: {},
}
const limits = {
  maxConcurrentTurns: 16,
  maxToolCalls: 25,
  turnTimeoutMs: 600_000,
  toolTimeoutMs: 60_000,
  maxOutputTokens: 4_096,
  historyMessages: 40,
}

function read(text: string, options: Partial<ParseOptions> = {}): Config {
  const result = parseConfig(text, { ...places, ...options })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.config
}

/** The same data in ordinary objects, so that the comparison is about data alone. */
function plain(config: Config): unknown {
  return JSON.parse(JSON.stringify(config))
}

function isFrozenThroughout(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(isFrozenThroughout)
}

const webAccount = {
  enabled: true,
  dmPolicy: 'pairing',
  allowFrom: [],
  groupPolicy: 'allowlist',
  groupAllowFrom: [],
  allowBots: false,
  maxBotTurns: 5,
  groups: {},
  settings: {},
}
const groupChat = { historyLimit: 50 }
const subagents = { maxConcurrent: 8, maxDepth: 1, archiveAfterMinutes: 60, allowAgents: [] }
const runtime = { isolation: 'inline', memoryMb: 512 }
const skillEntries = {
  maps: { apiKey: 'h1-key', env: { ZOOM: '3', TILES: 'x' } },
  mail: { enabled: false },
}

describe('a config without a file', () => {
  test.each(['', ' \n', '// nothing yet', '{}', '{ agents: { list: [] } }'])(
    'has the agent main and the web page: %j',
    (text) => {
      expect(plain(read(text))).toEqual({
        stateDir: '/home/ada/.junctor',
        gateway: { host: '127.0.0.1', port: 8000, allowedHosts: [], maxMessageBytes: 262_144 },
        agents: {
          list: [
            {
              id: 'main',
              default: true,
              name: 'main',
              identity: {},
              model: 'demo/junctor',
              fallbacks: [],
              workspace: '/home/ada/.junctor/workspace',
              agentDir: '/home/ada/.junctor/agents/main/agent',
              tools: {},
              permissions: { mode: 'full', operations: [], requireApproval: [] },
              sandbox,
              limits,
              allowFrom: [],
              groupChat,
              roles: [],
              fallback: [],
              paused: false,
              runtime,
              subagents,
              skills: { allow: ['*'], deny: [], entries: {} },
              bootstrapMaxChars: 20_000,
              bootstrapTotalMaxChars: 60_000,
              auth: { order: {} },
            },
          ],
        },
        bindings: [],
        routing: { omittedAccount: 'any', onUnavailable: 'fallback', policies: [] },
        session: {
          mainKey: 'main',
          dmScope: 'main',
          identityLinks: {},
          reset: { mode: 'daily', atHour: 4 },
          resetByType: {},
          resetByChannel: {},
          agentToAgent: { maxPingPongTurns: 5, maxHops: 12 },
        },
        tools: { agentToAgent: { enabled: false, allow: [] } },
        browser: {},
        nodes: {},
        channels: { web: { default: webAccount } },
        models: { providers: {}, aliases: {}, prices: {} },
        auth: { profiles: {} },
        messages: {
          queue: { mode: 'queue', byChannel: {}, debounceMs: 1_000, cap: 20, drop: 'new' },
          groupChat,
        },
        commands: { enabled: true, allowFrom: {} },
        cron: { enabled: true, maxJobs: 50, shortestIntervalMs: 60_000, missed: 'run' },
        delivery: { unknown: 'resend' },
        store: { durability: 'process' },
      })
    },
  )

  test('takes keys from the environment, for what is configured', () => {
    const env = {
      ANTHROPIC_API_KEY: 'a',
      OPENAI_API_KEY: ' ',
      TELEGRAM_BOT_TOKEN: 't',
      DISCORD_BOT_TOKEN: 'd',
    }
    const access = '{ allowFrom: ["1"] }'
    const config = read(
      `{ channels: { telegram: ${access}, discord: ${access} }, session: { dmScope: "main" } }`,
      { env },
    )
    expect(plain(config)).toMatchObject({
      models: { providers: { anthropic: { apiKey: 'a' } } },
      channels: {
        telegram: { default: { settings: { botToken: 't' } } },
        discord: { default: { settings: { token: 'd' } } },
      },
    })
    expect(Object.keys(config.models.providers)).toEqual(['anthropic'])
    expect(Object.keys(read('', { env }).channels)).toEqual(['web'])
    const other = parseConfig('{ channels: { telegram: { accounts: { biz: {} } } } }', {
      ...places,
      env,
    })
    expect(other.problems.map(({ code }) => code)).toContain('MISSING_SECRET')
  })
})

describe('the Slack account `default`', () => {
  const env = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }
  test.each([
    ['', { botToken: 'xoxb-1', appToken: 'xapp-1' }],
    ['botToken: "own"', { botToken: 'own', appToken: 'xapp-1' }],
    // The app token would be a second way to receive.
    ['signingSecret: "s"', { botToken: 'xoxb-1', signingSecret: 's' }],
  ])('takes its tokens from the environment beside: %s', (account, settings) => {
    const config = read(`{ channels: { slack: { allowFrom: ["U1"], ${account} } } }`, { env })
    expect(plain(config)).toHaveProperty('channels.slack.default.settings', settings)
  })
})

describe('a whole config', () => {
  const options = {
    file: '/etc/junctor/junctor.json',
    env: { BOT: 'one', HOST: 'h1', TELEGRAM_BOT_TOKEN: 'unused', OPENAI_API_KEY: 'k' },
    readSecretFile: (path: string) => `from ${path}\n`,
  }

  test('comes out complete', () => {
    expect(plain(read(fullConfig, options))).toEqual({
      stateDir: '/home/ada/.junctor',
      gateway: { host: '0.0.0.0', port: 1800, allowedHosts: [], maxMessageBytes: 262_144 },
      agents: {
        list: [
          {
            id: 'main',
            default: true,
            name: 'Ada',
            identity: { name: 'Ada', prompt: 'You are Ada.' },
            model: 'local/small',
            fallbacks: ['openai/gpt-5'],
            skills: { allow: ['*'], deny: ['evil-*'], entries: skillEntries },
            bootstrapMaxChars: 9_000,
            bootstrapTotalMaxChars: 30_000,
            workspace: '/home/ada/.junctor/workspace',
            agentDir: '/home/ada/.junctor/agents/main/agent',
            tools: { profile: 'messaging', subagents: { tools: { deny: ['exec'] } } },
            permissions: { mode: 'workspace', operations: [], requireApproval: [] },
            sandbox: {
              ...sandbox,
              scope: 'agent',
              docker: { network: 'none', binds: ['/a:/a'], env: { A: '1' } },
            },
            limits: { ...limits, historyMessages: 10 },
            allowFrom: [],
            groupChat: { mentionPatterns: ['@all'], historyLimit: 20 },
            roles: [],
            fallback: [],
            paused: false,
            runtime,
            subagents: { ...subagents, maxConcurrent: 2, model: 'local/small' },
            auth: {
              scope: 'agent-then-shared',
              order: { openai: ['openai:a'], local: ['local:a', 'local:b'] },
            },
          },
          {
            id: 'work',
            default: false,
            name: 'Work',
            identity: {},
            model: 'anthropic/claude-opus-4-6',
            fallbacks: ['openai/gpt-5'],
            skills: { allow: ['maps', 'mail'], deny: ['evil-*'], entries: skillEntries },
            bootstrapMaxChars: 500,
            bootstrapTotalMaxChars: 30_000,
            workspace: '/home/ada/projects/work',
            agentDir: '/etc/junctor/dirs/work',
            tools: {
              profile: 'messaging',
              deny: ['exec'],
              byProvider: { openai: { allow: ['read'] } },
              subagents: { tools: { deny: ['exec'] } },
            },
            permissions: { mode: 'workspace', operations: ['group:fs'], requireApproval: [] },
            sandbox: {
              mode: 'non-main',
              scope: 'agent',
              workspaceAccess: 'none',
              sessionToolsVisibility: 'all',
              docker: { network: 'none', binds: ['/a:/a', '/b:/b:ro'], env: { A: '1', B: '2' } },
            },
            limits: {
              ...limits,
              historyMessages: 10,
              maxToolCalls: 3,
              turnsPerDay: 9,
              tokensPerDay: 5_000,
              usdPerDay: 1.5,
              wallTimePerDayMs: 60_000,
            },
            allowFrom: ['7'],
            groupChat: { mentionPatterns: ['@work', 'wo+rk'], historyLimit: 20 },
            roles: ['qa'],
            fallback: ['main'],
            paused: true,
            runtime,
            subagents: {
              maxConcurrent: 2,
              model: 'local/small',
              maxDepth: 2,
              archiveAfterMinutes: 0,
              allowAgents: ['main', 't*'],
            },
            auth: {
              scope: 'agent',
              order: { openai: ['openai:work'], local: ['local:a', 'local:b'] },
            },
          },
        ],
      },
      bindings: [
        {
          id: 'b',
          agentId: 'work',
          match: { channel: 'telegram', accountId: 'biz', peer: { kind: 'dm', id: 'X:1' } },
          dmScope: 'per-peer',
          allowFrom: ['X:1'],
          comment: 'the boss',
        },
        {
          agentId: 'work',
          match: { channel: 'irc', teamId: 't' },
          comment: 'the team',
          origin: 'agents.list[1].routes[0]',
        },
        {
          agentId: 'work',
          match: { channel: 'discord', accountId: 'own' },
          origin: 'agents.list[1].accounts.discord.own',
        },
      ],
      broadcast: { strategy: 'sequential', groups: { '-100': ['main', 'work'] } },
      routing: {
        omittedAccount: 'default',
        onUnavailable: 'queue',
        policies: [
          {
            id: 'night',
            when: {
              time: { from: '18:00', to: '08:00', days: ['fri'], timeZone: 'Europe/Berlin' },
            },
            to: 'role:qa',
          },
          {
            when: {
              channel: 'telegram',
              peer: { kind: 'dm', id: '*' },
              guildId: 'g',
              roles: ['r'],
              sender: ['7'],
              text: 'invoice|refund',
              agentState: { work: 'busy' },
            },
            to: 'work',
            else: ['main'],
            comment: 'money',
          },
        ],
      },
      session: {
        mainKey: 'home',
        dmScope: 'per-channel-peer',
        identityLinks: { ada: ['telegram:1'] },
        reset: { mode: 'daily', atHour: 5 },
        resetByType: { thread: { mode: 'idle', atHour: 4, idleMinutes: 30 } },
        resetByChannel: { telegram: { mode: 'off', atHour: 4 } },
        agentToAgent: { maxPingPongTurns: 2, maxHops: 12 },
      },
      tools: {
        deny: ['gateway'],
        web: {
          fetch: { privateHosts: ['*.corp.example:8080', '10.0.0.5'], maxBytes: 9, timeoutMs: 9 },
        },
        mcp: {
          notes: {
            command: 'notes',
            args: ['--all'],
            env: { NOTES_KEY: 'one' },
            onHost: true,
            timeoutMs: 9,
          },
          wiki: { url: 'http://127.0.0.1:9/mcp', headers: { authorization: 'Bearer one' } },
        },
        agentToAgent: { enabled: true, allow: ['main', 'w*', { from: 'work', to: '*' }] },
      },
      nodes: { mac: { agents: ['main', 'w*'], allow: ['git', '/usr/bin/say'] } },
      browser: { executablePath: '/opt/chromium', noSandbox: true },
      channels: {
        telegram: {
          default: {
            ...webAccount,
            allowFrom: ['1'],
            groups: { '*': { requireMention: true } },
            settings: { botToken: 'one' },
          },
          biz: {
            ...webAccount,
            dmPolicy: 'open',
            allowFrom: ['1'],
            allowBots: true,
            maxBotTurns: 2,
            groups: {
              '*': { requireMention: true },
              '-5': {
                enabled: true,
                allowFrom: ['9'],
                historyLimit: 5,
                maxBotTurns: 0,
                tools: { deny: ['exec'] },
              },
            },
            settings: { botToken: 'from secrets/biz', apiRoot: 'http://127.0.0.1:81' },
          },
        },
        irc: {
          default: {
            ...webAccount,
            groupPolicy: 'open',
            package: 'junctor-irc',
            settings: { nick: 'ada-h1', server: { port: 6697, hosts: [null, true] } },
          },
        },
        discord: { own: { ...webAccount, settings: { token: 'from secrets/own' } } },
        web: { default: webAccount },
      },
      models: {
        providers: {
          local: { baseUrl: 'http://127.0.0.1:9', api: 'openai-chat' },
          openai: { apiKey: 'k' },
        },
        aliases: { fast: 'local/small' },
        prices: {
          'local/small': { input: 0.1, output: 0.2, cachedInput: 0.01 },
          'anthropic/claude-opus-4-6': { input: 5, output: 25 },
          'openai/gpt-5': { input: 1, output: 8 },
        },
      },
      auth: {
        profiles: { 'local:a': { provider: 'local', mode: 'token', email: 'ada@example.com' } },
      },
      messages: {
        queue: {
          mode: 'steer',
          byChannel: { telegram: 'collect' },
          debounceMs: 0,
          cap: 5,
          drop: 'new',
        },
        groupChat: { mentionPatterns: ['@all'], historyLimit: 50 },
      },
      commands: { enabled: true, allowFrom: { telegram: ['1'] } },
      cron: { enabled: true, maxJobs: 5, shortestIntervalMs: 60_000, missed: 'skip' },
      delivery: { unknown: 'hold' },
      store: { durability: 'power-loss' },
    })
  })

  test('is frozen throughout and the same every time', () => {
    const config = read(fullConfig, options)
    expect(isFrozenThroughout(config)).toBe(true)
    expect(JSON.stringify(read(fullConfig, options))).toBe(JSON.stringify(config))
  })
})

describe('agents', () => {
  test('get folders of their own under the state folder', () => {
    const { agents } = read('{ agents: { list: [ { id: "a" }, { id: "b" } ] } }')
    expect(agents.list.map(({ workspace }) => workspace)).toEqual([
      '/home/ada/.junctor/workspace',
      '/home/ada/.junctor/workspace-b',
    ])
    expect(agents.list.map(({ agentDir }) => agentDir)).toEqual([
      '/home/ada/.junctor/agents/a/agent',
      '/home/ada/.junctor/agents/b/agent',
    ])
  })

  test('never share the workspace that the defaults name', () => {
    const text =
      '{ agents: { defaults: { workspace: "~/w" }, list: [ { id: "a" }, { id: "b", default: true } ] } }'
    const { agents } = read(text, { env: { JUNCTOR_PROFILE: 'test' } })
    expect(agents.list.map(({ workspace }) => workspace)).toEqual(['/home/ada/w-a', '/home/ada/w'])
  })

  test('get a workspace by profile, the default agent alone', () => {
    const text = '{ agents: { list: [ { id: "a" }, { id: "b" } ] } }'
    const { agents } = read(text, { env: { JUNCTOR_PROFILE: 'Test' } })
    expect(agents.list.map(({ workspace }) => workspace)).toEqual([
      '/home/ada/.junctor/workspace-test',
      '/home/ada/.junctor/workspace-b',
    ])
  })

  test('answer by default in the order of the file when none is marked', () => {
    const { agents } = read('{ agents: { list: [ { id: "b" }, { id: "main" } ] } }')
    expect(agents.list.map((agent) => agent.default)).toEqual([true, false])
  })

  test('understand paths of Windows', () => {
    const { agents } = read(
      '{ agents: { list: [ { id: "a", workspace: "D:\\\\w\\\\.\\\\x" } ] } }',
      {
        home: 'C:\\Users\\ada',
        stateDir: 'C:\\Users\\ada\\.junctor',
      },
    )
    expect(agents.list[0]).toMatchObject({
      workspace: 'D:\\w\\x',
      agentDir: 'C:\\Users\\ada\\.junctor\\agents\\a\\agent',
    })
  })
})

describe('channels', () => {
  test('that are switched off switch off their accounts, and need no token', () => {
    const { channels } = read(
      '{ channels: { telegram: { enabled: false, accounts: { a: { enabled: true }, b: {} } }, web: { enabled: false } } }',
    )
    const states = Object.values(channels).flatMap((accounts) => Object.values(accounts))
    expect(states.map(({ enabled }) => enabled)).toEqual([false, false, false])
  })

  test('keep names from the prototype of objects as names', () => {
    const { channels } = read(
      '{ channels: { web: { accounts: { __proto__: {}, constructor: {} } } } }',
    )
    expect(Object.keys(channels['web'] ?? {})).toEqual(['__proto__', 'constructor'])
    expect(channels['toString']).toBeUndefined()
  })
})
