import { describe, expect, test } from 'vitest'
import {
  bindAgent,
  describeProblem,
  extendConfig,
  formatProblem,
  migrateConfig,
  parseConfig,
  removeAgent,
  unbindAgent,
  type Config,
  type Edited,
  type ParseOptions,
} from '@junctor/config'

const places = { home: '/home/ada', stateDir: '/state' }

function parse(text: string, options: Partial<ParseOptions> = {}) {
  return parseConfig(text, { ...places, ...options })
}

function read(text: string, options: Partial<ParseOptions> = {}): Config {
  const result = parse(text, options)
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.config
}

function problemsOf(text: string): readonly string[] {
  return parse(text).problems.map(formatProblem)
}

function textOf(result: Edited<object>): string {
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.files[0]?.text ?? 'unchanged'
}

/** Each binding as `agent ← match (origin)`. */
function routesOf({ bindings }: Config): readonly string[] {
  return bindings.map(
    ({ agentId, match: { channel, accountId = '(none)', peer }, origin = 'bindings' }) =>
      `${agentId} ← ${channel}/${accountId}${peer === undefined ? '' : ` ${peer.kind} ${peer.id}`} (${origin})`,
  )
}

const apart = "session: { dmScope: 'per-channel-peer' }"

describe('an agent with accounts and routes of its own', () => {
  test('has its accounts, each of which leads to it as a whole unless a route is for it', () => {
    const config = read(`{
      ${apart},
      agents: { list: [
        { id: 'main' },
        {
          id: 'shop',
          accounts: { telegram: { shop: { botToken: 'one' }, orders: { botToken: 'two' } }, slack: { s: { botToken: 'x', appToken: 'y' } } },
          routes: [
            { match: { channel: 'telegram', accountId: 'orders', peer: { kind: 'group', id: '-7' } }, dmScope: 'main', comment: 'orders' },
            { match: { channel: 'web', accountId: 'default' } },
          ],
        },
      ] },
      bindings: [{ agentId: 'main', match: { channel: 'slack', accountId: '*' } }],
    }`)
    expect(routesOf(config)).toEqual([
      'main ← slack/* (bindings)',
      'shop ← telegram/orders group -7 (agents.list[1].routes[0])',
      'shop ← web/default (agents.list[1].routes[1])',
      'shop ← telegram/shop (agents.list[1].accounts.telegram.shop)',
      'shop ← slack/s (agents.list[1].accounts.slack.s)',
    ])
    expect(config.bindings[1]).toMatchObject({ dmScope: 'main', comment: 'orders' })
    expect(Object.keys(config.channels['telegram'] ?? {})).toEqual(['shop', 'orders'])
    expect(config.channels['telegram']?.['orders']?.settings).toEqual({ botToken: 'two' })
  })

  test('takes the other spellings of a binding, and map forms', () => {
    const config = read(`{ ${apart}, agents: { shop: {
      accounts: { Telegram: { a: { token: 'one' } } },
      routes: [{ match: { provider: 'Telegram', peer: { kind: 'direct', id: '7' } } }],
    } } }`)
    expect(routesOf(config)).toEqual(['shop ← telegram/(none) dm 7 (agents.shop.routes[0])'])
  })

  test('reads a route without an account as routing.omittedAccount says', () => {
    const text = (omitted: string) => `{ ${apart}, routing: { omittedAccount: '${omitted}' },
      agents: { list: [{ id: 'a', accounts: { telegram: { shop: { botToken: 'x' } } }, routes: [{ match: { channel: 'telegram', peer: { kind: 'dm', id: '1' } } }] }] } }`
    expect(routesOf(read(text('any')))).toHaveLength(1)
    expect(routesOf(read(text('default')))).toEqual([
      'a ← telegram/(none) dm 1 (agents.list[0].routes[0])',
      'a ← telegram/shop (agents.list[0].accounts.telegram.shop)',
    ])
  })

  test('adds to what channels says of the account and of the channel', () => {
    const { channels } = read(`{ ${apart},
      channels: { telegram: { allowFrom: ['7'], accounts: { shop: { groupPolicy: 'open' } } } },
      agents: { list: [{ id: 'a', accounts: { telegram: { shop: { botToken: 'x', groupPolicy: 'open' } } } }] } }`)
    expect(channels['telegram']?.['shop']).toMatchObject({
      groupPolicy: 'open',
      allowFrom: ['7'],
      settings: { botToken: 'x' },
    })
  })

  test.each([
    ['a token of its own', "telegram: { botToken: 'd' }", {}, ['default', 'own']],
    ['a token in the environment', 'telegram: {}', { TELEGRAM_BOT_TOKEN: 'e' }, ['default', 'own']],
    ['no token', "telegram: { groupPolicy: 'open' }", {}, ['own']],
    ['accounts', "telegram: { accounts: { x: { botToken: 'd' } } }", {}, ['x', 'own']],
    ['no section', '', { TELEGRAM_BOT_TOKEN: 'e' }, ['own']],
  ])('leaves a channel with %s what it had', (_, section, env, accounts) => {
    const text = `{ ${apart}, channels: { ${section} }, agents: { list: [{ id: 'a', accounts: { telegram: { own: { botToken: 'x' } } } }] } }`
    expect(Object.keys(read(text, { env }).channels['telegram'] ?? {})).toEqual(accounts)
  })

  test('leaves the web page and WhatsApp their account', () => {
    const { channels } = read(`{ ${apart}, channels: { whatsapp: {} },
      agents: { list: [{ id: 'a', accounts: { web: { team: {} }, whatsapp: { biz: {} } } }] } }`)
    expect(Object.keys(channels['web'] ?? {})).toEqual(['default', 'team'])
    expect(Object.keys(channels['whatsapp'] ?? {})).toEqual(['default', 'biz'])
  })

  test('may say in bindings as well that an account leads to it', () => {
    const config = read(`{ ${apart},
      agents: { list: [{ id: 'a', accounts: { telegram: { shop: { botToken: 'x' } } } }] },
      bindings: [{ agentId: 'A', match: { channel: 'Telegram', accountId: 'shop' }, dmScope: 'main' }] }`)
    expect(routesOf(config)).toEqual(['a ← telegram/shop (bindings)'])
  })

  test('may come from an included file', () => {
    const result = parse(`{ ${apart}, agents: { list: [{ $include: 'shop.json' }] } }`, {
      file: '/c/junctor.json',
      readInclude: () => ({
        file: '/c/shop.json',
        text: "{ id: 'shop',\n  accounts: { telegram: { shop: { botToken: 'x' } } } }",
      }),
    })
    expect(result.reading.originOf(['bindings', 0])).toEqual({
      spelling: 'agents.list[0].accounts.telegram.shop',
      file: '/c/shop.json',
      line: 2,
      column: 33,
    })
    expect(
      result.reading.originOf(['channels', 'telegram', 'accounts', 'shop', 'botToken']),
    ).toMatchObject({ spelling: 'agents.list[0].accounts.telegram.shop.botToken', line: 2 })
  })

  test('can be added to a config that has been read', () => {
    const base = read(`{ ${apart}, channels: { telegram: { botToken: 'x' } },
      agents: { list: [{ id: 'a', routes: [{ match: { channel: 'web', accountId: 'default' } }] }] } }`)
    const routes = [{ match: { channel: 'telegram', accountId: 'default' } }]
    const result = extendConfig(base, [
      {
        name: 'more',
        section: 'bindings',
        value: { agentId: 'a', match: { channel: 'telegram' } },
      },
      { name: 'b', section: 'agents', value: { id: 'b', routes } },
    ])
    expect(result.ok && result.config.bindings.map(({ agentId }) => agentId)).toEqual([
      'a',
      'a',
      'b',
    ])
  })
})

describe('a declaration that cannot be read', () => {
  test.each<readonly [string, string, readonly string[]]>([
    [
      'a token without the name of an account',
      "{ agents: { list: [{ id: 'a', accounts: { telegram: { botToken: 'hunter2' } } }] } }",
      [
        '1:55  error  agents.list[0].accounts.telegram.botToken: "botToken" is no account: accounts have names here; write telegram: { default: { botToken: … } }',
      ],
    ],
    [
      'the same in a file',
      "{ agents: { list: [{ id: 'a', accounts: { telegram: { botToken: { $file: 'bot' } } } }] } }",
      [
        '1:55  error  agents.list[0].accounts.telegram.botToken: "botToken" is no account: accounts have names here; write telegram: { default: { botToken: … } }',
      ],
    ],
    [
      'other shapes',
      "{ agents: { list: [{ id: 'a', accounts: 5, routes: {} }, { id: 'b', accounts: { telegram: 5 }, routes: [5] }] } }",
      [
        '1:41  error  agents.list[0].accounts: must be an object, not 5',
        '1:52  error  agents.list[0].routes: must be a list, not an object',
        '1:91  error  agents.list[1].accounts.telegram: must be an object, not 5',
        '1:105  error  agents.list[1].routes[0]: must be an object, not 5',
      ],
    ],
    [
      'a route that names an agent',
      "{ agents: { list: [{ id: 'a', routes: [{ agentId: 'b', match: { channel: 'web' } }] }] } }",
      [
        '1:42  error  agents.list[0].routes[0].agentId: unknown key "agentId"; remove it: a route leads to the agent that it stands in',
      ],
    ],
    [
      'a wrong key of an account',
      "{ agents: { list: [{ id: 'a', accounts: { telegram: { shop: { botTokn: 'hunter2' } } } }] } }",
      [
        '1:55  error  agents.list[0].accounts.telegram.shop: the account "shop" has no botToken; write botToken: "…", "${NAME}" or { "$file": "path" }; enabled: false switches the account off',
        '1:63  error  agents.list[0].accounts.telegram.shop.botTokn: unknown key "botTokn"; did you mean "botToken"?',
      ],
    ],
    [
      'a channel that is not built in, without its package',
      "{ agents: { list: [{ id: 'a', accounts: { irc: { x: {} } } }] } }",
      [
        '1:50  error  agents.list[0].accounts.irc.x: there is no built-in channel "irc"; name the npm package that brings it: package: "…"',
      ],
    ],
    [
      'roles without a guild',
      "{ agents: { list: [{ id: 'a', routes: [{ match: { channel: 'web', roles: ['x'] } }] }] } }",
      [
        '1:67  error  agents.list[0].routes[0].match.roles: roles belong to one guild, and guildId is missing; add match.guildId, or remove match.roles',
      ],
    ],
  ])('%s', (_, text, problems) => {
    const found = parse(text).problems.filter(({ severity }) => severity === 'error')
    expect(found.map(formatProblem)).toEqual(problems)
    for (const problem of found) expect(describeProblem(problem)).not.toContain('hunter2')
  })
})

describe('two places that disagree', () => {
  test('about an account are both named', () => {
    expect(
      problemsOf(`{ ${apart},
  channels: { telegram: { accounts: { shop: { botToken: 'hunter2' } } } },
  agents: { list: [{ id: 'a', accounts: { telegram: { shop: { botToken: 'hunter3' } } } }] } }`),
    ).toEqual([
      '3:73  error  agents.list[0].accounts.telegram.shop.botToken: channels.telegram.accounts.shop.botToken has another value for the same setting, in line 2; keep one',
    ])
  })

  test.each([
    [
      'a route and a binding',
      "agents: { list: [{ id: 'a', routes: [{ match: { channel: 'web', peer: { kind: 'group', id: '1' } } }] }, { id: 'b' }] },\n" +
        "bindings: [{ agentId: 'b', match: { channel: 'web', accountId: '*', peer: { kind: 'channel', id: '1' } } }]",
      'agents.list[0].routes[0]: gives the agent "a" the messages that bindings[0], in line 2, gives the agent "b"; keep one, or make one of them more specific',
    ],
    [
      'two routes',
      "agents: { list: [{ id: 'a', routes: [{ match: { channel: 'web', guildId: 'g', roles: ['1', '2'] } }] },\n" +
        "{ id: 'b', routes: [{ match: { channel: 'web', guildId: 'g', roles: ['2', '1'] } }] }] }",
      'agents.list[1].routes[0]: gives the agent "b" the messages that agents.list[0].routes[0], in line 1, gives the agent "a"; keep one, or make one of them more specific',
    ],
    [
      'a whole account and a binding',
      "agents: { list: [{ id: 'a', accounts: { telegram: { s: { botToken: 'x' } } } }, { id: 'b' }] },\n" +
        "bindings: [{ agentId: 'b', match: { channel: 'telegram', accountId: 's' } }]",
      'agents.list[0].accounts.telegram.s: gives the agent "a" the messages that bindings[0], in line 2, gives the agent "b"; keep one, or make one of them more specific',
    ],
    [
      'a whole account and the agent of the channel',
      "agents: { list: [{ id: 'a', accounts: { telegram: { s: { botToken: 'x' } } } }, { id: 'b' }] },\n" +
        "channels: { telegram: { accounts: { s: { agent: 'b' } } } }",
      'agents.list[0].accounts.telegram.s: gives the agent "a" the messages that channels.telegram.accounts.s.agent, in line 2, gives the agent "b"; keep one, or make one of them more specific',
    ],
  ])('about a match are both named: %s', (_, text, problem) => {
    const found = problemsOf(`{ ${text}, ${apart} }`).filter((line) => line.includes('  error  '))
    expect(found).toEqual([expect.stringContaining(`  error  ${problem}`)])
  })

  test('but a more specific match may lead elsewhere', () => {
    expect(
      problemsOf(`{ ${apart}, agents: { list: [{ id: 'a', accounts: { telegram: { s: { botToken: 'x' } } } }, { id: 'b' }] },
        bindings: [{ agentId: 'b', match: { channel: 'telegram', accountId: 's', peer: { kind: 'dm', id: '1' } } }] }`),
    ).toEqual([])
  })
})

describe('a declaration of an agent stays where it is', () => {
  const text = `{
  session: { dmScope: 'per-channel-peer' }, // apart
  agents: {
    list: [
      { id: 'main' },
      {
        id: 'shop',
        accounts: { telegram: { shop: { botToken: 'x' } } },
        routes: [
          // the big customers
          { match: { channel: 'telegram', accountId: 'shop', peer: { kind: 'dm', id: '7' } } },
          { match: { channel: 'telegram', accountId: 'shop', peer: { kind: 'dm', id: '8' } } }, // new
        ],
      },
    ],
  },
  bindings: [
    { agentId: 'main', match: { channel: 'web' } },
    { agentId: 'shop', match: { channel: 'web', peer: { kind: 'dm', id: '1' } } },
  ],
}
`

  test('in a migrated file', () => {
    expect(migrateConfig(text, places).text).toBe(text)
    const foreign = migrateConfig(
      "{ agents: { shop: { accounts: { telegram: { a: { botToken: 'x', /* no */ name: 'A' } } } } } }",
      { ...places, file: '/home/ada/.argentos/argent.json' },
    )
    expect(foreign.text).toBe(`{
  agents: {
    list: [
      {
        id: 'shop',
        accounts: {
          telegram: {
            a: {
              botToken: 'x',
              /* no */
              // name: 'A',
            },
          },
        },
        workspace: '~/.argentos/workspace',
      },
    ],
  },
  auth: { scope: 'shared' },
}
`)
  })

  const dm = (id: string) => ({
    channel: 'telegram',
    accountId: 'shop',
    peer: { kind: 'dm' as const, id },
  })

  test('when a binding is added, which stands in bindings', () => {
    const result = bindAgent({ text }, 'shop', [dm('9'), dm('7')])
    expect(result).toMatchObject({ added: [dm('9')], skipped: [dm('7')] })
    expect(textOf(result)).toBe(
      text.replace(
        "id: '1' } } },\n",
        `id: '1' } } },\n    { agentId: "shop", match: { channel: "telegram", accountId: "shop", peer: { kind: "dm", id: "9" } } },\n`,
      ),
    )
  })

  test('and is known to lead to its agent, and to no other', () => {
    const whole = `{ agents: { list: [{ id: 'main' }, { id: 'shop', accounts: { telegram: { s: { botToken: 'x' } } } }] } }`
    const account = { channel: 'telegram', accountId: 's' }
    expect(bindAgent({ text: whole }, 'shop', [account])).toMatchObject({ skipped: [account] })
    expect(bindAgent({ text: whole }, 'main', [account])).toMatchObject({
      conflicts: [{ ...account, agentId: 'shop' }],
    })
  })

  test('but for a route that is unbound', () => {
    const result = unbindAgent({ text }, 'shop', [dm('8'), dm('5')])
    expect(result).toMatchObject({ removed: [dm('8')], missing: [dm('5')] })
    expect(textOf(result)).toBe(text.replace(/ *\{[^\n]*id: '8'[^\n]*\n/, ''))
  })

  test('unless the whole account would lead to the agent without it', () => {
    const refusal =
      '8:9  error  agents.list[1].accounts: the account telegram/shop is declared in the agent "shop", and without a route leads to it as a whole; move it to channels.<channel>.accounts, or keep a route for it'
    for (const bindings of [[dm('7'), dm('8')], 'all'] as const) {
      const result = unbindAgent({ text }, 'shop', bindings)
      expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([refusal])
    }
    const whole = `{ agents: { list: [{ id: 'main' }, { id: 'shop', accounts: { web: { s: {} } } }] } }`
    expect(unbindAgent({ text: whole }, 'shop', [{ channel: 'web', accountId: 's' }]).ok).toBe(
      false,
    )
  })

  test('and goes with the agent', () => {
    const result = removeAgent({ text }, 'shop')
    expect(result).toMatchObject({ accounts: ['telegram/shop'] })
    expect(result.ok && result.bindings).toHaveLength(3)
    expect(textOf(result)).toBe(`{
  session: { dmScope: 'per-channel-peer' }, // apart
  agents: {
    list: [
      { id: 'main' },
    ],
  },
  bindings: [
    { agentId: 'main', match: { channel: 'web' } },
  ],
}
`)
  })
})
