/** One edit of a config: the files to write, in this order. */
export interface Edit {
  readonly files: readonly (readonly [name: string, text: string])[]
  readonly isValid: boolean
  /** Written beside the file and moved in its place. */
  readonly isAtomic: boolean
}

export interface Edits {
  /** Everything on, nothing wrong. */
  whole(number: number): Edit
  next(number: number): Edit
}

export interface EditsOptions {
  readonly seed: number
  readonly tokens: { readonly steady: string; readonly moving: string }
  readonly apiRoot: string
  readonly baseUrl: string
}

/** Configs that differ in agents, bindings, tools, access and accounts, in one file or several. `number` keeps them apart. */
export function createEdits({ seed, tokens, apiRoot, baseUrl }: EditsOptions): Edits {
  const random = createRandom(seed)
  const isOnce = (outOf: number): boolean => random() * outOf < 1
  const some = <Item>(items: readonly Item[]): readonly Item[] => items.filter(() => isOnce(2))
  const one = <Item>(items: readonly [Item, ...Item[]]): Item =>
    items[Math.floor(random() * items.length)] ?? items[0]

  const agentOf = (id: string, number: number): object => ({
    id,
    ...(id === 'home' ? { default: true } : {}),
    ...(isOnce(2) ? { name: `${id} ${number}` } : {}),
    ...(isOnce(3) ? { tools: { deny: some(['exec', 'read', 'write']) } } : {}),
    ...(isOnce(4) ? { limits: { maxToolCalls: number } } : {}),
  })

  const build = (number: number, agentIds: readonly string[], hasMoving: boolean) => {
    const bindings = agentIds.flatMap((agentId) =>
      some(['11', '12', '13', '14']).map((id) => ({
        agentId,
        match: { channel: 'telegram', accountId: one(['*', 'steady']), peer: { kind: 'dm', id } },
      })),
    )
    const moving = {
      botToken: { $file: 'moving.token' },
      // A comment for the platform: another address of the same server.
      apiRoot: isOnce(3) ? `${apiRoot}/` : apiRoot.replace('127.0.0.1', 'localhost'),
    }
    return {
      gateway: { port: 0, maxMessageBytes: 10_000 + number },
      agents: {
        defaults: { model: 'anthropic/claude-test' },
        list: agentIds.map((id) => agentOf(id, number)),
      },
      bindings,
      session: { dmScope: 'per-account-channel-peer' },
      channels: {
        telegram: {
          dmPolicy: 'open',
          groups: Object.fromEntries(some(['-1', '-2']).map((id) => [id, {}])),
          accounts: {
            steady: { botToken: tokens.steady, apiRoot },
            ...(hasMoving ? { moving } : {}),
          },
        },
      },
      models: { providers: { anthropic: { baseUrl, apiKey: 'fake-key' } } },
    }
  }

  type Config = ReturnType<typeof build>

  /** In one file, or with agents and bindings in files of their own. */
  const filesOf = (config: Config, number: number): Edit['files'] => {
    if (isOnce(2)) return [['junctor.json', JSON.stringify(config, undefined, 2)]]
    const { agents, bindings, ...rest } = config
    // Names of their own: what the config of before includes stays as it was until the config itself is written.
    const names = { agents: `agents-${number}.json5`, bindings: `bindings-${number}.json5` }
    return [
      [names.agents, `// The agents\n${JSON.stringify(agents)}`],
      [names.bindings, `${JSON.stringify(bindings)} // and who gets what`],
      [
        'junctor.json',
        JSON.stringify({
          ...rest,
          agents: { $include: `./${names.agents}` },
          bindings: { $include: names.bindings },
        }),
      ],
    ]
  }

  const breakages: readonly [
    (config: Config) => Edit['files'],
    ...((config: Config) => Edit['files'])[],
  ] = [
    (config) => [
      ['junctor.json', JSON.stringify(config).slice(0, -1 - Math.floor(random() * 200))],
    ],
    (config) => [['junctor.json', JSON.stringify({ ...config, colour: 'red' })]],
    () => [['junctor.json', '\n']],
    (config) => [
      [
        'junctor.json',
        JSON.stringify({ ...config, bindings: [{ agentId: 'nobody', match: { channel: 'web' } }] }),
      ],
    ],
    (config) => [
      ['junctor.json', JSON.stringify({ ...config, agents: { list: [{ id: 'a' }, { id: 'A' }] } })],
    ],
    (config) => [
      ['junctor.json', JSON.stringify({ ...config, tools: { $include: 'nowhere.json5' } })],
    ],
    (config) => [
      ['broken.json5', '{ list: [ '],
      ['junctor.json', JSON.stringify({ ...config, agents: { $include: 'broken.json5' } })],
    ],
    (config) => [
      [
        'junctor.json',
        JSON.stringify({ ...config, gateway: { port: 0, host: { $file: 'host' } } }),
      ],
    ],
  ]

  const everyone = ['home', 'work', 'sales']
  return {
    whole: (number) => ({
      files: [
        ['moving.token', `${tokens.moving}\n`],
        ...filesOf(build(number, everyone, true), number),
      ],
      isValid: true,
      isAtomic: true,
    }),
    next(number) {
      const config = build(number, ['home', ...some(['work', 'sales'])], isOnce(1.3))
      const isValid = number % 3 !== 0
      const files = isValid ? filesOf(config, number) : one(breakages)(config)
      return { files, isValid, isAtomic: isOnce(2) }
    },
  }
}

/** The same numbers for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
