/** Every section that this version acts on, in several spellings. */
export const fullConfig = `// Two agents, one bot each
{
  gateway: { host: '0.0.0.0', port: 1800, },
  agents: {
    defaults: {
      model: { primary: 'fast', fallbacks: ['openai/gpt-5'] },
      tools: { profile: 'messaging', subagents: { tools: { deny: ['exec'] } } },
      permissions: { mode: 'workspace' },
      limits: { historyMessages: 10 },
      sandbox: { scope: 'agent', docker: { network: 'none', binds: ['/a:/a'], env: { A: '1' } } },
      groupChat: { historyLimit: 20 },
      subagents: { maxConcurrent: 2, model: 'fast' },
      skills: { deny: ['evil-*'], entries: { maps: { env: { ZOOM: '3' } } } },
      bootstrapMaxChars: 9000, bootstrapTotalMaxChars: 30000,
    },
    list: [
      { id: 'Main', default: true, identity: { name: 'Ada', prompt: 'You are Ada.' } },
      {
        id: 'work', name: 'Work', model: 'anthropic/claude-opus-4-6',
        workspace: '~/projects/./work', agentDir: 'dirs/work', allowFrom: ['7'],
        tools: { deny: ['exec'], byProvider: { openai: { allow: ['read'] } } },
        limits: { maxToolCalls: 3, turnsPerDay: 9, tokensPerDay: 5000, usdPerDay: 1.5, wallTimePerDayMs: 60000 },
        sandbox: { mode: 'non-main', sessionToolsVisibility: 'all', docker: { binds: ['/b:/b:ro'], env: { B: '2' } } },
        groupChat: { mentionPatterns: ['@work', 'wo+rk'] },
        subagents: { maxDepth: 2, archiveAfterMinutes: 0, allowAgents: ['Main', 't*'] },
        permissions: { operations: ['group:fs'] },
        roles: ['qa'], fallback: ['Main'], paused: true, bootstrapMaxChars: 500,
        accounts: { discord: { own: { token: { $file: 'secrets/own' } } } },
        routes: [{ match: { channel: 'irc', teamId: 't' }, comment: 'the team' }],
        skills: ['maps', 'mail'],
        auth: { scope: 'agent', order: { openai: ['openai:work'] } },
      },
    ],
  },
  bindings: [
    {
      id: 'b', agentId: 'WORK', dmScope: 'per-peer', allowFrom: ['X:1'], comment: 'the boss',
      match: { channel: 'Telegram', accountId: 'biz', peer: { kind: 'dm', id: 'X:1' } },
    },
  ],
  broadcast: { strategy: 'sequential', groups: { '-100': ['main', 'work'] } },
  routing: {
    omittedAccount: 'default',
    onUnavailable: 'queue',
    policies: [
      { id: 'night', when: { time: { from: '18:00', to: '08:00', days: ['fri'], timeZone: 'Europe/Berlin' } }, to: 'role:qa' },
      {
        when: {
          channel: 'Telegram', peer: { kind: 'dm', id: '*' }, guildId: 'g', roles: ['r'], sender: ['7'],
          text: 'invoice|refund', agentState: { Work: 'busy' },
        },
        to: 'Work', else: ['main'], comment: 'money',
      },
    ],
  },
  session: { mainKey: 'home', dmScope: 'per-channel-peer', identityLinks: { ada: ['telegram:1'] },
    reset: { atHour: 5, idleMinutes: null }, resetByType: { thread: { mode: 'idle', idleMinutes: 30 } },
    resetByChannel: { telegram: { mode: 'off' } }, agentToAgent: { maxPingPongTurns: 2 },
  },
  commands: { allowFrom: { telegram: ['1'] } },
  skills: { entries: { maps: { apiKey: '\${HOST}-key', env: { ZOOM: '1', TILES: 'x' } }, mail: { enabled: false } } },
  tools: { deny: ['gateway'], web: { fetch: { privateHosts: ['*.corp.example:8080', '10.0.0.5'], maxBytes: 9, timeoutMs: 9 } },
    mcp: { notes: { command: 'notes', args: ['--all'], env: { NOTES_KEY: '\${BOT}' }, onHost: true, timeoutMs: 9 }, wiki: { url: 'http://127.0.0.1:9/mcp', headers: { authorization: 'Bearer \${BOT}' } } },
    agentToAgent: { enabled: true, allow: ['Main', 'w*', { from: 'work', to: '*' }] },
  },
  nodes: { mac: { agents: ['Main', 'w*'], allow: ['git', '/usr/bin/say'] } },
  browser: { executablePath: '/opt/chromium', noSandbox: true },
  channels: {
    telegram: {
      token: '\${BOT}', allowFrom: ['1'], groups: { '*': { requireMention: true } },
      accounts: {
        default: {},
        biz: {
          botToken: { $file: 'secrets/biz' }, apiRoot: 'http://127.0.0.1:81/',
          dmPolicy: 'open', allowBots: true, maxBotTurns: 2, groups: { '-5': { enabled: true, allowFrom: ['9'], historyLimit: 5, maxBotTurns: 0, tools: { deny: ['exec'] } } },
        },
      },
    },
    irc: {
      package: 'junctor-irc', groupPolicy: 'open',
      nick: 'ada-\${HOST}', server: { port: 6697, hosts: [null, true] },
    },
  },
  models: {
    providers: {
      local: { baseUrl: 'http://127.0.0.1:9', api: 'openai-chat', prices: { small: { input: 0, output: 0 } } },
    },
    prices: {
      fast: { input: 0.1, output: 0.2, cachedInput: 0.01 }, 'claude-opus-4-6': { input: 5, output: 25 },
      'openai/gpt-5': { input: 1, output: 8 },
    },
    aliases: { fast: 'local/small' },
  },
  auth: {
    scope: 'agent-then-shared', order: { openai: ['openai:a'], local: ['local:a', 'local:b'] },
    profiles: { 'local:a': { provider: 'local', mode: 'token', email: 'ada@example.com' } },
  },
  messages: {
    queue: { mode: 'steer', byChannel: { telegram: 'collect' }, debounceMs: 0, cap: 5 },
    groupChat: { mentionPatterns: ['@all'] },
  },
  cron: { maxJobs: 5, missed: 'skip' },
  delivery: { unknown: 'hold' },
  store: { durability: 'power-loss' },
}
`
