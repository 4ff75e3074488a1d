/** Each config is refused; the messages are the whole answer that a person gets. */
export interface BadConfig {
  readonly about: string
  readonly text: string
  readonly env?: Readonly<Record<string, string>>
  readonly messages: readonly string[]
}

export const badConfigs: readonly BadConfig[] = [
  {
    about: 'an unquoted word',
    text: '{\n  gateway: { host: localhost },\n}',
    messages: ['2:20  error  put quotes around this text'],
  },
  {
    about: 'a file that is not an object',
    text: '[]',
    messages: ['1:1  error  must be an object, not a list'],
  },
  {
    about: 'an unknown key',
    text: '{\n  agents: {\n    list: [\n      { id: "a", modle: "x/y" },\n    ],\n  },\n}',
    messages: ['4:18  error  agents.list[0].modle: unknown key "modle"; did you mean "model"?'],
  },
  {
    about: 'an unknown key that resembles nothing',
    text: '{ zebra: 1 }',
    messages: [
      '1:3  error  zebra: unknown key "zebra"; the keys here are $schema, gateway, agents, bindings, broadcast, routing, session, browser, tools, channels, models, auth and 7 more',
    ],
  },
  {
    about: 'a key that stands twice',
    text: '{\n  gateway: { port: 1 },\n  gateway: { port: 2 },\n}',
    messages: [
      '3:3  error  gateway: the key "gateway" stands twice in one object, first in line 2; keep one',
    ],
  },
  {
    about: 'sections of a later version',
    text: '{ memory: {}, agents: { list: [ { id: "a", subagents: { maxDepth: 99, allowAgents: ["a b"] } } ] }, tools: { exec: {} } }',
    messages: [
      '1:3  error  memory: "memory" is not available in this version, and would have no effect; remove it',
      '1:67  error  agents.list[0].subagents.maxDepth: must be a whole number from 0 to 10, not the number 99',
      '1:85  error  agents.list[0].subagents.allowAgents[0]: "a b" is neither an agent id nor a pattern',
      '1:110  error  tools.exec: "exec" is not available in this version, and would have no effect; remove it',
    ],
  },
  {
    about: 'permissions that could not be kept',
    text: '{ agents: { list: [ { id: "a", permissions: { mode: "readonly", deniedPaths: ["x"] } } ] } }',
    messages: [
      '1:53  error  agents.list[0].permissions.mode: must be "read_only", "workspace" or "full", not "readonly"; did you mean "read_only"?',
      '1:65  error  agents.list[0].permissions.deniedPaths: unknown key "deniedPaths"; a command opens any path, so this would not hold: keep such files out of the workspace, and commands in a sandbox',
    ],
  },
  {
    about: 'nodes that cannot be, and programs that are none',
    text: '{ nodes: { Mac: { agents: ["a b"], allow: ["./git"] }, pi: { agents: [] } } }',
    messages: [
      '1:12  error  nodes.Mac: "Mac" cannot be the name of a node: use 1 to 32 of a-z, 0-9, "_" and "-"',
      '1:28  error  nodes.Mac.agents[0]: "a b" is neither an agent id nor a pattern',
      '1:44  error  nodes.Mac.allow[0]: "./git" is no program; write its name alone, or its absolute path',
      '1:60  error  nodes.pi: "allow" is missing',
    ],
  },
  {
    about: 'a node for an agent that is not there',
    text: '{ agents: { list: [ { id: "a" } ] }, nodes: { pi: { agents: ["a", "b", "c*"], allow: ["df"] } } }',
    messages: [
      '1:67  error  nodes.pi.agents[1]: there is no agent "b"; list an agent of agents.list, or a pattern such as "team-*"',
    ],
  },
  {
    about: 'agents among themselves',
    text: '{ agents: { list: [ { id: "a", tools: { agentToAgent: { enabled: true } } } ] }, tools: { agentToAgent: { enabled: true, allow: [ "a b", 7, { from: "a" } ] } }, session: { agentToAgent: { maxPingPongTurns: 6 } } }',
    messages: [
      '1:41  error  agents.list[0].tools.agentToAgent: unknown key "agentToAgent"; write it in the section tools: it is about all agents',
      '1:131  error  tools.agentToAgent.allow[0]: "a b" is neither an agent id nor a pattern',
      '1:138  error  tools.agentToAgent.allow[1]: must be an agent id, a pattern such as "team-*", or { from, to }, not the number 7',
      '1:141  error  tools.agentToAgent.allow[2]: "to" is missing',
      '1:207  error  session.agentToAgent.maxPingPongTurns: must be a whole number from 0 to 5, not the number 6',
    ],
  },
  {
    about: 'agents that are not there, allowed to reach each other',
    text: '{ agents: { list: [ { id: "a", subagents: { allowAgents: [ "*", "d" ] } } ] }, tools: { agentToAgent: { enabled: true, allow: [ "b", "b*", { from: "a", to: "c" } ] } } }',
    messages: [
      '1:65  error  agents.list[0].subagents.allowAgents[1]: there is no agent "d"; list an agent of agents.list, or a pattern such as "team-*"',
      '1:129  error  tools.agentToAgent.allow[0]: there is no agent "b"; list an agent of agents.list, or a pattern such as "team-*"',
      '1:140  error  tools.agentToAgent.allow[2]: there is no agent "c"; list an agent of agents.list, or a pattern such as "team-*"',
    ],
  },
  {
    about: 'limits on calls that are none',
    text: '{ tools: { throttle: { exec: "10 per minute", read: "0/m", write: 5 } } }',
    messages: [
      '1:30  error  tools.throttle.exec: "10 per minute" is no number of calls in a time; write "10/m" for ten calls a minute, with "s", "m", "h" or "d"',
      '1:53  error  tools.throttle.read: "0/m" is no number of calls in a time; write "10/m" for ten calls a minute, with "s", "m", "h" or "d"',
      '1:67  error  tools.throttle.write: must be text, not the number 5; put quotes around it',
    ],
  },
  {
    about: 'wrong types',
    text: '{ gateway: { port: "80a", host: 1 }, bindings: {}, agents: { list: [ "a" ], defaults: { limits: { maxToolCalls: -1 } } } }',
    messages: [
      '1:20  error  gateway.port: must be a whole number from 0 to 65535, not "80a"',
      '1:33  error  gateway.host: must be text, not the number 1; put quotes around it',
      '1:48  error  bindings: must be a list, not an object',
      '1:70  error  agents.list[0]: must be an object, not text',
      '1:113  error  agents.defaults.limits.maxToolCalls: must be a whole number of at least 0, not the number -1',
    ],
  },
  {
    about: 'a word that is not one of the choices',
    text: '{ session: { dmScope: "per-per" }, delivery: { unknown: true } }',
    messages: [
      '1:23  error  session.dmScope: must be "main", "per-peer", "per-channel-peer" or "per-account-channel-peer", not "per-per"; did you mean "per-peer"?',
      '1:57  error  delivery.unknown: must be "resend" or "hold", not true',
    ],
  },
  {
    about: 'ids that are no ids',
    text: '{ agents: { list: [ { id: "a b" }, { id: "Default" }, { id: "" }, { name: "x" } ] } }',
    messages: [
      '1:27  error  agents.list[0].id: "a b" is not an agent id; use 1 to 64 of a-z, 0-9, "_" and "-", beginning with a letter or digit',
      '1:42  error  agents.list[1].id: "Default" is a reserved word and cannot be an agent\'s id; choose another id',
      '1:61  error  agents.list[2].id: must not be blank',
      '1:67  error  agents.list[3]: "id" is missing',
    ],
  },
  {
    about: 'ids that are one after lower-casing',
    text: '{ agents: { list: [ { id: "Work" }, { id: "work" } ] } }',
    messages: [
      '1:43  error  agents.list[1].id: agents.list[0] already has the id "work"; rename one',
    ],
  },
  {
    about: 'two default agents',
    text: '{ agents: { list: [ { id: "a", default: true }, { id: "b", default: true } ] } }',
    messages: [
      '1:69  error  agents.list[1].default: the agents "a" and "b" are all marked default: true; keep one: it answers what no binding catches',
    ],
  },
  {
    about: 'two agents in one agentDir',
    text: '{ agents: { list: [ { id: "a", agentDir: "~/x" }, { id: "b", agentDir: "/home/ada/y/../x/" } ] } }',
    messages: [
      '1:72  error  agents.list[1].agentDir: the agents "a" and "b" have one agentDir, /home/ada/x: they would share credentials and sessions; give each its own',
    ],
  },
  {
    about: 'a workspace that two agents share and one writes to from a sandbox',
    text: '{ agents: { list: [ { id: "a", workspace: "~/w", sandbox: { mode: "all", workspaceAccess: "rw" } }, { id: "b", workspace: "~/w" } ] } }',
    messages: [
      '1:123  error  agents.list[1].workspace: the agents "a" and "b" share one workspace, /home/ada/w, and "a" may write to it from its sandbox: it would reach into what the other trusts; give each its own',
    ],
  },
  {
    about: "an agentDir that is another agent's default",
    text: '{ agents: { list: [ { id: "a" }, { id: "b", agentDir: "~/.junctor/agents/a/agent" } ] } }',
    messages: [
      '1:55  error  agents.list[1].agentDir: the agents "a" and "b" have one agentDir, /home/ada/.junctor/agents/a/agent: they would share credentials and sessions; give each its own',
    ],
  },
  {
    about: "a profile's workspace that is another agent's default",
    env: { JUNCTOR_PROFILE: 'work' },
    text: '{ agents: { list: [ { id: "main" }, { id: "work" } ] } }',
    messages: [
      '1:37  error  agents.list[1].workspace: the agents "main" and "work" would get one workspace, /home/ada/.junctor/workspace-work, without either asking for it; write "workspace" for both',
    ],
  },
  {
    about: 'a profile that is no name of a folder',
    env: { JUNCTOR_PROFILE: '../x' },
    text: '{}',
    messages: [
      '1:1  error  the environment variable JUNCTOR_PROFILE is "../x", which cannot be a folder\'s name; use a-z, 0-9, "_" and "-"',
    ],
  },
  {
    about: 'agents that do not exist, wherever they are named',
    text: '{\n  agents: { list: [ { id: "family" }, { id: "work" } ] },\n  bindings: [\n    { agentId: "famly", match: { channel: "web" } },\n    { agentId: "zebra", match: { channel: "web" } },\n  ],\n  broadcast: { groups: { "12@g.us": ["work", "alfred"] } },\n}',
    messages: [
      '4:16  error  bindings[0].agentId: there is no agent "famly"; did you mean "family"?',
      '5:16  error  bindings[1].agentId: there is no agent "zebra"; the agents are "family" and "work"',
      '7:46  error  broadcast.groups["12@g.us"][1]: there is no agent "alfred"; the agents are "family" and "work"',
    ],
  },
  {
    about: 'blank ids and roles without a guild in bindings',
    text: '{ bindings: [ { agentId: "main", match: { channel: "web", accountId: " ", peer: { kind: "dm", id: "" } } } ] }',
    messages: [
      '1:70  error  bindings[0].match.accountId: must not be blank',
      '1:99  error  bindings[0].match.peer.id: must not be blank',
    ],
  },
  {
    about: 'what belongs into match, in its place and beside it',
    text: '{ agents: { list: [ { id: "main", routes: [ { channel: "web" } ] } ] }, bindings: [\n{ agentId: "main", channel: "web", accountId: "x" },\n{ agent: "main", match: { channel: "web" }, guildId: "1" } ] }',
    messages: [
      '1:45  error  agents.list[0].routes[0]: "match" is missing; write match: { channel: … }',
      '1:47  error  agents.list[0].routes[0].channel: unknown key "channel"; write match: { channel: … }',
      '2:1  error  bindings[0]: "match" is missing; write match: { channel: …, accountId: … }',
      '2:20  error  bindings[0].channel: unknown key "channel"; write match: { channel: … }',
      '2:36  error  bindings[0].accountId: unknown key "accountId"; write match: { accountId: … }',
      '3:1  error  bindings[1]: "agentId" is missing',
      '3:3  error  bindings[1].agent: unknown key "agent"; write agentId',
      '3:45  error  bindings[1].guildId: unknown key "guildId"; write match: { guildId: … }',
    ],
  },
  {
    about: 'roles without a guild',
    text: '{ bindings: [ { agentId: "main", match: { channel: "web", roles: ["mod"] } } ] }',
    messages: [
      '1:59  error  bindings[0].match.roles: roles belong to one guild, and guildId is missing; add match.guildId, or remove match.roles',
    ],
  },
  {
    about: 'policies and fallbacks that name nobody',
    text: '{ agents: { list: [ { id: "a", fallback: ["ghost"], roles: ["sales"] } ] }, routing: { policies: [\n{ when: { agentState: { b: "paused" }, roles: ["x"] }, to: "role:sale", else: ["c"] },\n{ when: {}, to: "role:qa" },\n{ when: {}, to: "d" } ] } }',
    messages: [
      '1:43  error  agents.list[0].fallback[0]: there is no agent "ghost"; the agents are "a"',
      '2:28  error  routing.policies[0].when.agentState.b: there is no agent "b"; the agents are "a"',
      '2:40  error  routing.policies[0].when.roles: roles belong to one guild, and guildId is missing; add when.guildId, or remove when.roles',
      '2:60  error  routing.policies[0].to: no agent has the role "sale"; did you mean "role:sales"?',
      '2:80  error  routing.policies[0].else[0]: there is no agent "c"; the agents are "a"',
      '3:17  error  routing.policies[1].to: no agent has the role "qa"; the roles are "sales"',
      '4:17  error  routing.policies[2].to: there is no agent "d"; the agents are "a"',
    ],
  },
  {
    about: 'agents that stand in for each other in a circle',
    text: '{ agents: { list: [ { id: "a", fallback: ["b"] }, { id: "b", fallback: ["a"] } ] } }',
    messages: [
      '1:62  error  agents.list[1].fallback: agents stand in for each other in a circle: "a" → "b" → "a"; remove one fallback of them',
    ],
  },
  {
    about: 'policies that cannot be read',
    text: '{ routing: { onUnavailable: "wait", policies: [\n{ to: "main" },\n{ when: { time: { from: "8", timeZone: "Mars", days: ["monday"] }, agentState: { main: "away" } }, to: "role:" } ] } }',
    messages: [
      '1:29  error  routing.onUnavailable: must be "fallback", "queue" or "reject", not "wait"',
      '2:1  error  routing.policies[0]: "when" is missing',
      '3:25  error  routing.policies[1].when.time.from: must be a time such as "18:00", not "8"',
      '3:40  error  routing.policies[1].when.time.timeZone: there is no time zone "Mars"; write a name such as "Europe/Berlin"',
      '3:55  error  routing.policies[1].when.time.days[0]: must be "mon", "tue", "wed", "thu", "fri", "sat" or "sun", not "monday"',
      '3:88  error  routing.policies[1].when.agentState.main: must be "available", "busy", "paused", "over-budget" or "failing", not "away"',
      '3:104  error  routing.policies[1].to: "role:" is not an agent id; use 1 to 64 of a-z, 0-9, "_" and "-", beginning with a letter or digit',
    ],
  },
  {
    about: 'two policies with one id',
    text: '{ routing: { policies: [ { id: "p", when: {}, to: "main" }, { id: "p", when: {}, to: "main" } ] } }',
    messages: [
      '1:67  error  routing.policies[1].id: routing.policies[0] already has the id "p"; rename one',
    ],
  },
  {
    about: 'budgets that could not be kept',
    text: '{ agents: { defaults: { limits: { usdPerDay: 1 } }, list: [\n{ id: "a", model: { primary: "demo/junctor", fallbacks: ["x/y"] } },\n{ id: "b", model: "x/z", limits: { usdPerDay: 2, tokensPerDay: 4096 } },\n{ id: "c", model: "x/free" } ] }, models: { providers: { x: { prices: { free: { input: 0, output: 0 } } } } } }',
    messages: [
      '1:46  error  agents.defaults.limits.usdPerDay: the agent "a" may ask "demo/junctor" and "x/y", whose price is not known; write models.prices: { "demo/junctor": { input: …, output: … } }, in US dollars for a million tokens',
      '3:47  error  agents.list[1].limits.usdPerDay: the agent "b" may ask "x/z", whose price is not known; write models.prices: { "x/z": { input: …, output: … } }, in US dollars for a million tokens',
      '3:64  error  agents.list[1].limits.tokensPerDay: no answer of the agent "b" would fit: one may take 4096 tokens; write more, or fewer limits.maxOutputTokens',
    ],
  },
  {
    about: 'prices that are none',
    text: '{ models: { prices: { "x/y": { input: -1 } } }, agents: { defaults: { limits: { maxTurns: 1 } } } }',
    messages: [
      '1:30  error  models.prices["x/y"]: "output" is missing',
      '1:39  error  models.prices["x/y"].input: must be a number of at least 0, not the number -1',
      '1:81  error  agents.defaults.limits.maxTurns: unknown key "maxTurns"; write "turnsPerDay"',
    ],
  },
  {
    about: 'two bindings with one id',
    text: '{ bindings: [ { id: "b", agentId: "main", match: { channel: "web" } }, { id: "b", agentId: "main", match: { channel: "web" } } ] }',
    messages: ['1:78  error  bindings[1].id: bindings[0] already has the id "b"; rename one'],
  },
  {
    about: 'broadcast groups that cannot work',
    text: '{ broadcast: { groups: { g: [], h: ["main", "main"] } } }',
    messages: [
      '1:26  error  broadcast.groups.g: must list at least one agent',
      '1:45  error  broadcast.groups.h[1]: lists the agent "main" twice',
    ],
  },
  {
    about: 'ids written as numbers',
    text: '{ channels: { telegram: { botToken: "t", allowFrom: [123] } } }',
    messages: [
      '1:54  error  channels.telegram.allowFrom[0]: must be an id as text, not the number 123; put quotes around it',
    ],
  },
  {
    about: 'mention patterns that are none',
    text: '{ agents: { list: [ { id: "a", groupChat: { mentionPatterns: ["@a", "(", ""], historyLimit: -1 } } ] } }',
    messages: [
      '1:69  error  agents.list[0].groupChat.mentionPatterns[1]: "(" is not a regular expression; write the text as people do, such as "@Family Bot", or put "\\\\" before a character that is meant as it stands',
      '1:74  error  agents.list[0].groupChat.mentionPatterns[2]: must not be blank',
      '1:93  error  agents.list[0].groupChat.historyLimit: must be a whole number from 0 to 500, not the number -1',
    ],
  },
  {
    about: 'pairing where nobody could ask for it',
    text: '{ channels: { telegram: { botToken: "t", dmPolicy: "pair", groupPolicy: "pairing" } } }',
    messages: [
      '1:52  error  channels.telegram.dmPolicy: must be "pairing", "allowlist", "open" or "disabled", not "pair"',
      '1:73  error  channels.telegram.groupPolicy: must be "open", "allowlist" or "disabled", not "pairing"',
    ],
  },
  {
    about: 'channels that are unknown, misspelt, or come later',
    text: '{ channels: { telegrm: {}, signal: {}, zebra: {}, web: { package: "x" } } }',
    messages: [
      '1:15  error  channels.telegrm: there is no built-in channel "telegrm"; did you mean "telegram"?',
      '1:28  error  channels.signal: the channel "signal" is not available in this version; remove it',
      '1:40  error  channels.zebra: there is no built-in channel "zebra"; name the npm package that brings it: package: "…"',
      '1:67  error  channels.web.package: the channel "web" is built in; remove "package"',
    ],
  },
  {
    about: 'Slack accounts that cannot receive, or in two ways, or as one another',
    text: '{ channels: { slack: { allowFrom: ["U1"], accounts: {\n  a: { botToken: "x" },\n  b: { botToken: "y", appToken: "z", signingSecret: "s" },\n  default: { signingSecret: "s" },\n  d: { botToken: "x", signingSecret: "s" },\n} } } }',
    messages: [
      '2:3  error  channels.slack.accounts.a: the account "a" has no appToken and no signingSecret; write appToken: "…", "${NAME}" or { "$file": "path" }; enabled: false switches the account off',
      '3:3  error  channels.slack.accounts.b: the account "b" has appToken and signingSecret; keep one: each is a way to receive',
      '4:3  error  channels.slack.accounts.default: the account "default" has no botToken; write botToken: "…", "${NAME}" or { "$file": "path" }, or set SLACK_BOT_TOKEN; enabled: false switches the account off',
      '5:3  error  channels.slack.accounts.d: the accounts "a" and "d" have one botToken; create a bot for each: one token serves one connection',
    ],
  },
  {
    about: 'variables that are not set or blank',
    env: { BLANK: ' ' },
    text: '{\n  channels: { telegram: {\n    botToken: "${NOPE}",\n    webhook: { url: "https://a.example/${BLANK}", secret: "" },\n  } },\n}',
    messages: [
      '3:15  error  channels.telegram.botToken: the environment variable "NOPE" is not set; set NOPE, or write the value here',
      '4:21  error  channels.telegram.webhook.url: the environment variable "BLANK" is blank; set BLANK, or write the value here',
      '4:59  error  channels.telegram.webhook.secret: is blank; write the value or "${NAME}"',
    ],
  },
  {
    about: 'a webhook without a secret',
    text: '{ channels: { telegram: { botToken: "t", allowFrom: ["1"], webhook: { url: "https://a.example" } } } }',
    messages: ['1:69  error  channels.telegram.webhook: "secret" is missing'],
  },
  {
    about: 'variables that are written as elsewhere, or not named',
    text: '{ models: { providers: { openai: { apiKey: "$ENV:SOME_KEY" }, anthropic: { apiKey: "$SOME_KEY" } } },\nchannels: { telegram: { botToken: "${}", allowFrom: ["1"] } } }',
    messages: [
      '1:44  error  models.providers.openai.apiKey: "$ENV:SOME_KEY" would be the value itself, not that of a variable; write "${SOME_KEY}"',
      '1:84  error  models.providers.anthropic.apiKey: "$SOME_KEY" would be the value itself, not that of a variable; write "${SOME_KEY}"',
      '2:35  error  channels.telegram.botToken: "${}" names no variable; write "${NAME}"',
    ],
  },
  {
    about: 'a secret file where there are no files',
    text: '{ models: { providers: { openai: { apiKey: { $file: "~/key" } } } } }',
    messages: [
      '1:44  error  models.providers.openai.apiKey: the secret file "~/key" cannot be read here; use "${NAME}" from the environment',
    ],
  },
  {
    about: 'a Telegram account without a token',
    text: '{ channels: { telegram: { allowFrom: ["1"], accounts: { biz: {} } } } }',
    messages: [
      '1:57  error  channels.telegram.accounts.biz: the account "biz" has no botToken; write botToken: "…", "${NAME}" or { "$file": "path" }; enabled: false switches the account off',
    ],
  },
  {
    about: 'intents that are none',
    text: '{ channels: { discord: { allowFrom: ["1"], token: "t", intents: "all" } } }',
    messages: [
      '1:65  error  channels.discord.intents: must be a whole number of at least 0, not "all"',
    ],
  },
  {
    about: 'Discord accounts that have no token or share one',
    text: '{ channels: { discord: { allowFrom: ["1"], accounts: { default: {}, a: { token: "t" }, b: { token: "t" } } } } }',
    messages: [
      '1:56  error  channels.discord.accounts.default: the account "default" has no token; write token: "…", "${NAME}" or { "$file": "path" }, or set DISCORD_BOT_TOKEN; enabled: false switches the account off',
      '1:88  error  channels.discord.accounts.b: the accounts "a" and "b" have one token; create a bot for each: one token serves one connection',
    ],
  },
  {
    about: 'two accounts with one token',
    text: '{ channels: { telegram: { botToken: "t", allowFrom: ["1"], accounts: { a: {}, b: {} } } } }',
    messages: [
      '1:79  error  channels.telegram.accounts.b: the accounts "a" and "b" have one botToken; create a bot for each: one token serves one connection',
    ],
  },
  {
    about: 'account names that cannot be told apart, or cannot be names of folders',
    text: '{ channels: { web: { accounts: { Biz: {}, biz: {} } } } }',
    messages: [
      '1:43  error  channels.web.accounts.biz: the accounts "Biz" and "biz" differ in upper and lower case alone; rename one',
    ],
  },
  {
    about: 'an account name with a path in it',
    text: '{ channels: { web: { accounts: { "../x": {} } } } }',
    messages: [
      '1:34  error  channels.web.accounts["../x"]: "../x" cannot be an account\'s name: use up to 64 letters, digits and "_.@+-", beginning with a letter, digit or "_"',
    ],
  },
  {
    about: 'addresses that are none',
    text: '{ models: { providers: { local: { baseUrl: "localhost:80" } } } }',
    messages: [
      '1:44  error  models.providers.local.baseUrl: must be an http:// or https:// address',
    ],
  },
  {
    about: 'resets that never come, and hours that there are not',
    text: '{ session: { reset: { mode: "idle" }, resetByType: { direct: {} }, resetByChannel: { web: { atHour: 24 } } } }',
    messages: [
      '1:21  error  session.reset: mode "idle" needs idleMinutes; write idleMinutes: 120',
      '1:54  error  session.resetByType.direct: unknown key "direct"; the keys here are dm, group, thread',
      '1:101  error  session.resetByChannel.web.atHour: must be a whole number from 0 to 23, not the number 24',
    ],
  },
  {
    about: 'ways to queue that there are not',
    text: '{ messages: { queue: { mode: "steal", byChannel: { telegram: "followed" }, cap: 0, drop: "old" } } }',
    messages: [
      '1:30  error  messages.queue.mode: must be "queue", "collect", "steer" or "interrupt", not "steal"',
      '1:62  error  messages.queue.byChannel.telegram: must be "queue", "collect", "steer" or "interrupt", not "followed"',
      '1:81  error  messages.queue.cap: must be a whole number from 1 to 1000, not the number 0',
      '1:90  error  messages.queue.drop: "old" is not available: a message that an agent has accepted is always answered; remove it: a new message is refused, and its sender told',
    ],
  },
  {
    about: 'models without a provider',
    text: '{ agents: { defaults: { model: "claude-opus-4-6" }, list: [ { id: "a", model: { primary: "fsat", fallbacks: ["zebra"] } } ] }, models: { aliases: { fast: "openai/gpt-5" } } }',
    messages: [
      '1:90  error  agents.list[0].model.primary: the model "fsat" names no provider; did you mean "fast"?',
      '1:110  error  agents.list[0].model.fallbacks[0]: the model "zebra" names no provider; write "provider/model"',
    ],
  },
  {
    about: 'identity links that contradict each other',
    text: '{ session: { identityLinks: { ada: ["telegram:1", "telegram"], eve: ["Telegram:1"] } } }',
    messages: [
      '1:51  error  session.identityLinks.ada[1]: must be "<channel>:<id>", not "telegram"; as in "telegram:123"',
      '1:70  error  session.identityLinks.eve[0]: "Telegram:1" belongs to "ada" already; one account has one person',
    ],
  },
  {
    about: 'names from the prototype of objects',
    text: '{ __proto__: { x: 1 }, constructor: 1, agents: { toString: 1 } }',
    messages: [
      '1:3  error  __proto__: unknown key "__proto__"; the keys here are $schema, gateway, agents, bindings, broadcast, routing, session, browser, tools, channels, models, auth and 7 more',
      '1:24  error  constructor: unknown key "constructor"; the keys here are $schema, gateway, agents, bindings, broadcast, routing, session, browser, tools, channels, models, auth and 7 more',
      '1:50  error  agents.toString: unknown key "toString"; the keys here are defaults, list',
    ],
  },
]
