import { describe, expect, test } from 'vitest'
import { parseJson5 } from '../json5/parse-json5.ts'
import { toValue } from '../json5/to-value.ts'
import { normalise, type Normalised } from '../normalise.ts'
import { createReport } from '../report.ts'
import { formatProblem } from '../problem.ts'
import { createSources } from '../sources.ts'
import { formatChange } from './change.ts'

interface Lifted {
  readonly value: unknown
  readonly changes: readonly string[]
  readonly problems: readonly string[]
  readonly normalised: Normalised
}

function liftText(text: string): Lifted {
  const parsed = parseJson5(text)
  if (!parsed.ok) throw new Error(parsed.fault.message)
  const sources = createSources(text, undefined)
  const report = createReport(sources)
  const normalised = normalise(parsed.node, {
    file: undefined,
    // Ours has no defaults of its own that would stand among the values.
    flavour: 'junctor',
    env: {},
    report,
    sources,
  })
  if (normalised?.node === undefined) throw new Error('nothing to lift')
  return {
    value: JSON.parse(JSON.stringify(toValue(normalised.node))),
    changes: normalised.changes.map(formatChange),
    problems: report.problems().map(formatProblem),
    normalised,
  }
}

describe('every spelling means the canonical one', () => {
  test.each<readonly [about: string, text: string, value: object, changes: readonly string[]]>([
    [
      'a map of agents, in its order',
      '{ agents: { defaults: { model: "m/x" }, Work: { name: "W" }, home: {} } }',
      {
        agents: {
          defaults: { model: 'm/x' },
          list: [{ id: 'Work', name: 'W' }, { id: 'home' }],
        },
      },
      ['1:41  agents.Work → agents.list[0]', '1:62  agents.home → agents.list[1]'],
    ],
    [
      'a map of agents with main in it',
      '{ agents: { work: {}, main: {} } }',
      { agents: { list: [{ id: 'work' }, { id: 'main', default: true }] } },
      ['1:13  agents.work → agents.list[0]', '1:23  agents.main → agents.list[1]'],
    ],
    [
      'routing.agents, in which main answers although nobody declares it',
      '{ routing: { agents: { home: { mentionPatterns: ["@h"], sandbox: { mode: "all", tools: { deny: ["x"] } } } } } }',
      {
        agents: {
          list: [
            {
              id: 'home',
              sandbox: { mode: 'all' },
              groupChat: { mentionPatterns: ['@h'] },
              tools: { sandbox: { tools: { deny: ['x'] } } },
            },
            { id: 'main', default: true },
          ],
        },
      },
      [
        '1:24  routing.agents.home → agents.list[0]',
        '1:32  routing.agents.home.mentionPatterns → agents.list[0].groupChat.mentionPatterns',
        '1:81  routing.agents.home.sandbox.tools → agents.list[0].tools.sandbox.tools',
      ],
    ],
    [
      'routing.defaultAgentId',
      '{ routing: { defaultAgentId: "home", agents: { home: {}, work: {} } } }',
      { agents: { list: [{ id: 'home', default: true }, { id: 'work' }] } },
      [
        '1:14  routing.defaultAgentId → agents.list[0].default',
        '1:48  routing.agents.home → agents.list[0]',
        '1:58  routing.agents.work → agents.list[1]',
      ],
    ],
    [
      'a default agent that nobody declares',
      '{ routing: { defaultAgentId: "chat", omittedAccount: "any" } }',
      { routing: { omittedAccount: 'any' }, agents: { list: [{ id: 'chat', default: true }] } },
      ['1:14  routing.defaultAgentId → agents.list[0].default'],
    ],
    [
      'agents.entries, whose ownership is left out',
      '{ agents: { ownership: "owner", entries: { ops: { name: "Ops" } } } }',
      { agents: { list: [{ id: 'ops', name: 'Ops' }] } },
      [
        '1:13  agents.ownership left out: every agent owns what it has',
        '1:44  agents.entries.ops → agents.list[0]',
      ],
    ],
    [
      'agent, and identity at the top',
      '{ identity: { name: "Rex" }, agent: { model: "a/b", modelFallbacks: ["c/d"], tools: { deny: ["bash"] } } }',
      {
        agents: {
          defaults: { model: { primary: 'a/b', fallbacks: ['c/d'] } },
          list: [{ id: 'main', identity: { name: 'Rex' } }],
        },
        tools: { deny: ['exec'] },
      },
      [
        '1:3  identity → agents.list[0].identity',
        '1:30  agent → agents.defaults',
        '1:53  agent.modelFallbacks → agents.defaults.model.fallbacks',
        '1:78  agent.tools → tools',
        '1:94  agent.tools.deny[0]: "bash" → "exec"',
      ],
    ],
    [
      'identity at the top beside agents',
      '{ identity: { name: "Rex" }, agents: { list: [ { id: "a" }, { id: "b", default: true } ] } }',
      { agents: { list: [{ id: 'a' }, { id: 'b', default: true, identity: { name: 'Rex' } }] } },
      ['1:3  identity → agents.list[1].identity'],
    ],
    [
      'a persona of Penguin',
      '{ agents: { qa: { system_prompt: "Test it.", persona_description: "Tester", default_tools: ["read"], model: { provider: "openai", model: "gpt-5", max_output_tokens: 900 } } } }',
      {
        agents: {
          list: [
            {
              id: 'qa',
              model: 'openai/gpt-5',
              limits: { maxOutputTokens: 900 },
              tools: { allow: ['read'] },
              identity: { prompt: 'Test it.' },
              description: 'Tester',
            },
          ],
        },
      },
      [
        '1:13  agents.qa → agents.list[0]',
        '1:19  agents.qa.system_prompt → agents.list[0].identity.prompt',
        '1:46  agents.qa.persona_description → agents.list[0].description',
        '1:77  agents.qa.default_tools → agents.list[0].tools.allow',
        '1:102  agents.qa.model: an object → "openai/gpt-5"',
      ],
    ],
    [
      "Penguin's default persona",
      '{ agents: { qa: { system_prompt: "Test." }, default: { system_prompt: "Help." } } }',
      {
        agents: {
          list: [
            { id: 'qa', identity: { prompt: 'Test.' } },
            { id: 'main', default: true, identity: { prompt: 'Help.' } },
          ],
        },
      },
      [
        '1:13  agents.qa → agents.list[0]',
        '1:19  agents.qa.system_prompt → agents.list[0].identity.prompt',
        '1:45  agents.default → agents.main',
        '1:45  agents.default → agents.list[1]',
        '1:56  agents.default.system_prompt → agents.list[1].identity.prompt',
      ],
    ],
    [
      'identity as text',
      '{ agents: { list: [ { id: "a", identity: "You are A." } ] } }',
      { agents: { list: [{ id: 'a', identity: { prompt: 'You are A.' } }] } },
      ['1:32  agents.list[0].identity → agents.list[0].identity.prompt'],
    ],
    [
      'bindings under routing, with a provider and other kinds of peers',
      '{ routing: { bindings: [ { agentId: "a", match: { provider: "whatsapp", peer: { kind: "direct", id: "1" } } }, { agentId: "a", match: { channel: "slack", peer: { kind: "room", id: "C" } } } ] } }',
      {
        bindings: [
          { agentId: 'a', match: { peer: { kind: 'dm', id: '1' }, channel: 'whatsapp' } },
          { agentId: 'a', match: { channel: 'slack', peer: { kind: 'channel', id: 'C' } } },
        ],
      },
      [
        '1:14  routing.bindings → bindings',
        '1:51  routing.bindings[0].match.provider → bindings[0].match.channel',
        '1:81  routing.bindings[0].match.peer.kind: "direct" → "dm"',
        '1:163  routing.bindings[1].match.peer.kind: "room" → "channel"',
      ],
    ],
    [
      'the agent of a channel and of an account, behind the bindings that are written',
      '{ channels: { telegram: { agent: "a", accounts: { biz: { agentId: "b" } } } }, bindings: [ { agentId: "c", match: { channel: "web" } } ] }',
      {
        channels: { telegram: { accounts: { biz: {} } } },
        bindings: [
          { agentId: 'c', match: { channel: 'web' } },
          { agentId: 'b', match: { channel: 'telegram', accountId: 'biz' } },
          { agentId: 'a', match: { channel: 'telegram', accountId: '*' } },
        ],
      },
      [
        '1:27  channels.telegram.agent → bindings[2]',
        '1:58  channels.telegram.accounts.biz.agentId → bindings[1]',
      ],
    ],
    [
      'channels at the top and under providers, and lists of routing',
      '{ whatsapp: { accounts: { biz: {} } }, providers: { telegram: {} }, routing: { allowFrom: ["+1"], agentToAgent: { enabled: false } } }',
      {
        channels: { whatsapp: { accounts: { biz: {} }, allowFrom: ['+1'] }, telegram: {} },
        tools: { agentToAgent: { enabled: false } },
      },
      [
        '1:3  whatsapp → channels.whatsapp',
        '1:53  providers.telegram → channels.telegram',
        '1:80  routing.allowFrom → channels.whatsapp.allowFrom',
        '1:99  routing.agentToAgent → tools.agentToAgent',
      ],
    ],
    [
      'broadcast groups beside the strategy',
      '{ broadcast: { strategy: "parallel", "12@g.us": ["a"], constructor: ["b"], groups: { x: ["a"] } } }',
      {
        broadcast: {
          strategy: 'parallel',
          groups: { x: ['a'], '12@g.us': ['a'], constructor: ['b'] },
        },
      },
      [
        '1:38  broadcast["12@g.us"] → broadcast.groups["12@g.us"]',
        '1:56  broadcast.constructor → broadcast.groups.constructor',
      ],
    ],
    [
      'the older words of the sandbox and of tools',
      '{ agents: { defaults: { sandbox: { perSession: true } }, list: [ { id: "a", sandbox: { perSession: false }, tools: { byProvider: { x: { allow: ["group:moltbot", "Apply-Patch"] } } } } ] } }',
      {
        agents: {
          defaults: { sandbox: { scope: 'session' } },
          list: [
            {
              id: 'a',
              sandbox: { scope: 'shared' },
              tools: { byProvider: { x: { allow: ['group:all', 'apply_patch'] } } },
            },
          ],
        },
      },
      [
        '1:36  agents.defaults.sandbox.perSession: true → "session"',
        '1:36  agents.defaults.sandbox.perSession → agents.defaults.sandbox.scope',
        '1:88  agents.list[0].sandbox.perSession: false → "shared"',
        '1:88  agents.list[0].sandbox.perSession → agents.list[0].sandbox.scope',
        '1:145  agents.list[0].tools.byProvider.x.allow[0]: "group:moltbot" → "group:all"',
        '1:162  agents.list[0].tools.byProvider.x.allow[1]: "Apply-Patch" → "apply_patch"',
      ],
    ],
  ])('%s', (_about, text, value, changes) => {
    const lifted = liftText(text)
    expect(lifted.value).toEqual(value)
    expect(lifted.changes).toEqual(changes)
    expect(lifted.problems).toEqual([])
  })

  test('and nothing is changed in a canonical file', () => {
    const text =
      '{ agents: { list: [ { id: "a", identity: { prompt: "p" } } ] }, channels: { web: {} } }'
    const { normalised, value } = liftText(text)
    expect(normalised.changes).toEqual([])
    expect(value).toEqual({
      agents: { list: [{ id: 'a', identity: { prompt: 'p' } }] },
      channels: { web: {} },
    })
  })
})

describe('two forms in one file', () => {
  test('become one agent where they agree or complete each other', () => {
    const { value, problems } = liftText(
      '{ agents: { list: [ { id: "a", model: "m/x", tools: { deny: ["exec"] } } ], a: { name: "A", model: "m/x", tools: { allow: ["read"] } } } }',
    )
    expect(problems).toEqual([])
    expect(value).toEqual({
      agents: {
        list: [
          {
            id: 'a',
            model: 'm/x',
            tools: { deny: ['exec'], allow: ['read'] },
            name: 'A',
          },
        ],
      },
    })
  })

  test.each([
    [
      'an agent',
      '{\n  agents: { list: [ { id: "a", model: "m/x" } ] },\n  routing: { agents: { a: { model: "m/y" } } },\n}',
      '3:36  error  routing.agents.a.model: agents.list[0].model has another value for the same setting, in line 2; keep one',
    ],
    [
      'a channel',
      '{\n  telegram: { botToken: "one" },\n  channels: { telegram: { botToken: "two" } },\n}',
      '2:25  error  telegram.botToken: channels.telegram.botToken has another value for the same setting, in line 3; keep one',
    ],
    [
      'a match',
      '{\n  bindings: [ { agentId: "main", match: {\n    channel: "web", provider: "telegram" } } ],\n}',
      '3:31  error  bindings[0].match.provider: bindings[0].match.channel has another value for the same setting, in line 3; keep one',
    ],
  ])('are refused where %s says two things', (_about, text, message) => {
    expect(liftText(text).problems).toEqual([message])
  })
})

describe('where a setting comes from', () => {
  const { normalised } = liftText(
    '{ routing: { agents: {\n  home: { mentionPatterns: ["@h"] },\n} }, telegram: { agent: "home" } }',
  )

  test.each([
    [['agents', 'list', 0, 'id'], 'routing.agents.home', 2, 3],
    [['agents', 'list', 0], 'routing.agents.home', 2, 9],
    [
      ['agents', 'list', 0, 'groupChat', 'mentionPatterns', 0],
      'routing.agents.home.mentionPatterns[0]',
      2,
      29,
    ],
    [['bindings', 0, 'agentId'], 'telegram.agent', 3, 25],
    [['bindings', 0, 'match', 'channel'], 'telegram.agent', 3, 25],
    [['channels', 'telegram'], 'telegram', 3, 6],
  ])('%j', (path, spelling, line, column) => {
    expect(normalised.originOf(path)).toEqual({ spelling, line, column })
  })

  test('is nowhere for a default, and for what the form takes for granted', () => {
    expect(normalised.originOf(['gateway', 'port'])).toBeUndefined()
    expect(normalised.originOf(['agents', 'list', 1, 'default'])).toBeUndefined()
  })
})
