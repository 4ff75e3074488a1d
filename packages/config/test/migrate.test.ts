import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatChange, formatProblem, migrateConfig, parseConfig } from '@junctor/config'
import { fullConfig } from './full-config.ts'

const places = { home: '/home/ada', stateDir: '/home/ada/.junctor' }

function migrated(text: string, options: object = {}): string {
  const { text: result, problems } = migrateConfig(text, { ...places, ...options })
  if (result === undefined) throw new Error(problems.map(formatProblem).join('\n'))
  return result
}

describe('migrateConfig', () => {
  test('keeps comments with what they stand at, and the manner of the file', () => {
    const text = `// Two people, one number.
{
  /* where it all began */
  routing: {
    // answers what nobody catches
    defaultAgentId: 'home', // not main

    agents: {
      // the kitchen
      home: { name: 'Home', mentionPatterns: ['@home'] },
      work: {
        name: "Work's own", // two quotes
        workspace: '~/w', // its files
      }, // behind work
      // nobody else
    },
    bindings: [
      { agentId: 'work', match: { provider: 'telegram', peer: { kind: 'direct', id: '7' } } }, // me
    ],
  },

  // the bots
  telegram: { token: '\${BOT}', agent: 'home', allowFrom: [12345678901234567890, '7'] },
  memory: { backend: 'old' /* never mind */ },
  // the end
}
// after all
`
    expect(migrated(text)).toBe(`// Two people, one number.
{
  agents: {
    list: [
      // the kitchen
      {
        id: 'home',
        name: 'Home',
        /* where it all began */
        // answers what nobody catches
        default: true, // not main
        groupChat: { mentionPatterns: ['@home'] },
        workspace: '~/clawd',
      },
      {
        id: 'work',
        name: "Work's own", // two quotes
        workspace: '~/w', // its files
      }, // behind work
    ],
  },
  // nobody else
  bindings: [
    { agentId: 'work', match: { channel: 'telegram', peer: { kind: 'dm', id: '7' } } }, // me
    { agentId: 'home', match: { channel: 'telegram', accountId: '*' } },
  ],
  channels: {
    // the bots
    telegram: { token: '\${BOT}', allowFrom: ['12345678901234567890', '7'] },
  },
  // memory: {
  //   backend: 'old', /* never mind */
  // },
  // the end
}
// after all
`)
  })

  test('breaks lines that have grown too long, and leaves JSON to its quotes', () => {
    expect(
      migrated(
        '{"agents":{"home":{"name":"Home","identity":"You are the helper of a household with many people and pets."}}}',
      ),
    ).toBe(`{
  "agents": {
    "list": [
      {
        "id": "home",
        "name": "Home",
        "identity": { "prompt": "You are the helper of a household with many people and pets." },
        "workspace": "~/.argentos/workspace"
      }
    ]
  },
  "auth": { "scope": "shared" }
}
`)
  })

  test('leaves a canonical file as it is, but for its layout', () => {
    expect(migrated("{ a: [ 1,2 ],\n\n\n 'b' : '\\x41' }")).toBe(
      "{\n  a: [1, 2],\n\n  'b': '\\x41',\n}\n",
    )
    expect(migrated('// nothing yet\n')).toBe('// nothing yet\n')
  })

  test('takes sections that both have for those of the file itself', () => {
    const text = '{ cron: { maxJobs: 5 }, browser: { noSandbox: true } }'
    const { reading } = migrateConfig(text, places)
    expect(reading.flavour).toBe('junctor')
    expect(migrateConfig('{ cron: { retry: {} } }', places).reading.flavour).toBe('openclaw')
  })

  test('writes down whose keys pay, where the file does not say so', () => {
    const text = '{ agents: { main: {}, kitchen: {} } }'
    expect(migrated(text, { flavour: 'argentos' })).toContain('auth: { scope: "shared" }')
    const own = "{ agents: { main: {} }, auth: { scope: 'agent' } }"
    expect(migrated(own, { flavour: 'argentos' })).toContain("auth: { scope: 'agent' }")
  })

  test('says once what stands above the file, also where its system takes agents for granted', () => {
    expect(migrated('// hi\n{ update: {} } // bye\n', { flavour: 'openclaw' })).toBe(
      `// hi
{
  // update: {},
  agents: { list: [{ id: 'main', workspace: '~/.openclaw/workspace' }] },
}
// bye
`.replaceAll("'", '"'),
    )
  })

  test('has no text for what is no JSON5', () => {
    const { text, problems } = migrateConfig('{ a: }', places)
    expect(text).toBeUndefined()
    expect(problems.map(formatProblem)).toEqual(['1:6  error  unexpected "}"'])
  })
})

describe('a migrated file', () => {
  const options = {
    ...places,
    file: '/home/ada/.junctor/junctor.json',
    env: { BOT: 'one', HOST: 'h1' },
    readSecretFile: (path: string) => `from ${path}`,
  }
  const sources = [
    // Without its own comment, into which no other fits.
    fullConfig.slice(fullConfig.indexOf('{')),
    '{ agents: { home: {}, work: { identity: "Work." } }, channels: { telegram: { agent: "work", botToken: "t", allowFrom: [1] } } }',
    '{ routing: { agents: { a: { model: "openai/gpt-5" } }, defaultAgentId: "b" }, memory: { x: [1] } }',
  ]
  /** Comments where comments may stand: before values and keys, behind values, at ends. */
  const commented = fc
    .tuple(fc.constantFrom(...sources), fc.array(fc.nat(), { maxLength: 6 }))
    .map(([text, places_]) => {
      const gaps = [...text.matchAll(/(?<=[{[,] )(?=[\w'"{\]}])|(?<=[\w"'}\]]) (?=[}\]])/g)]
      const chosen = new Map(places_.map((at) => [gaps[at % gaps.length]?.index ?? 0, at]))
      return [...chosen]
        .toSorted(([a], [b]) => b - a)
        .reduce((result, [index, at]) => {
          const comment = at % 2 === 0 ? `/* c${at} */` : `// c${at}\n`
          return result.slice(0, index) + comment + result.slice(index)
        }, text)
    })

  test('means the same, keeps every comment, and is migrated already', () => {
    fc.assert(
      fc.property(commented, (text) => {
        const before = parseConfig(text, options)
        const after = migrated(text, options)
        const again = parseConfig(after, { ...options, flavour: 'junctor' })
        expect(again.problems.filter(({ severity }) => severity === 'error')).toEqual([])
        expect(again.ok && again.config).toEqual(before.ok && before.config)
        expect(again.reading.changes).toEqual([])
        for (const [comment] of text.matchAll(/c\d+/g)) expect(after).toContain(comment)
        expect(migrated(after, { ...options, flavour: 'junctor' })).toBe(after)
      }),
      { numRuns: 200 },
    )
  })

  test('is told of line by line', () => {
    const { reading } = migrateConfig('{\n  telegram: { token: "t" },\n  agent: {},\n}', options)
    expect(reading.flavour).toBe('clawdbot')
    expect(reading.changes.map(formatChange)).toEqual([
      '/home/ada/.junctor/junctor.json:2:3  telegram → channels.telegram',
      '/home/ada/.junctor/junctor.json:3:3  agent → agents.defaults',
    ])
  })
})
