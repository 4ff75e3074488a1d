import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addAgent,
  bindAgent,
  formatProblem,
  parseConfig,
  removeAgent,
  setIdentity,
  unbindAgent,
  type ConfigSource,
  type Edited,
  type NewBinding,
} from '@junctor/config'

const places = { home: '/home/ada', stateDir: '/state' }
const web: NewBinding = { channel: 'web' }

function filesOf(result: Edited<object>): Readonly<Record<string, string>> {
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return Object.fromEntries(result.files.map(({ file = 'config', text }) => [file, text]))
}

function textOf(result: Edited<object>): string {
  return filesOf(result)['config'] ?? ''
}

function messagesOf(result: Edited<object>): readonly string[] {
  return result.ok ? [] : result.problems.map(formatProblem)
}

function agentIds(text: string): readonly string[] {
  const result = parseConfig(text, places)
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.config.agents.list.map(({ id }) => id)
}

describe('addAgent', () => {
  test('writes a whole config into an empty file, and lets main go on answering', () => {
    const result = addAgent({ text: '' }, { id: 'Work', name: 'Work', model: 'a/b' }, [
      { channel: 'web', accountId: 'default' },
    ])
    expect(textOf(result)).toBe(`{
  agents: {
    list: [
      { id: "main", default: true },
      { id: "work", name: "Work", model: "a/b" }
    ]
  },
  bindings: [
    { agentId: "work", match: { channel: "web", accountId: "default" } }
  ]
}
`)
  })

  test('keeps comments, indentation and commas as they are', () => {
    const text = `// my config
{
\tagents: {
\t\tlist: [
\t\t\t{ id: 'a' }, // the first
\t\t\t{
\t\t\t\tid: 'b', // the second
\t\t\t} // no comma, on purpose
\t\t\t// { id: 'old' },
\t\t],
\t}, /* end of agents */
}
// last line`
    expect(textOf(addAgent({ text }, { id: 'c' }, [{ channel: 'web' }]))).toBe(`// my config
{
\tagents: {
\t\tlist: [
\t\t\t{ id: 'a' }, // the first
\t\t\t{
\t\t\t\tid: 'b', // the second
\t\t\t}, // no comma, on purpose
\t\t\t// { id: 'old' },
\t\t\t{ id: "c" }
\t\t],
\t}, /* end of agents */
\tbindings: [
\t\t{ agentId: "c", match: { channel: "web" } }
\t],
}
// last line`)
  })

  test('keeps plain JSON plain, and Windows line ends', () => {
    const text = '{\r\n  "agents": { "list": [{ "id": "a" }] }\r\n}\r\n'
    const edited = textOf(addAgent({ text }, { id: 'b' }, [{ channel: 'web' }]))
    expect(JSON.parse(edited)).toEqual({
      agents: { list: [{ id: 'a' }, { id: 'b' }] },
      bindings: [{ agentId: 'b', match: { channel: 'web' } }],
    })
    expect(edited.replaceAll('\r\n', '')).not.toContain('\n')
  })

  test('says which bindings it added, skipped, or left to another agent', () => {
    const text = `{
  agents: { list: [ { id: "a" } ] },
  bindings: [
    { agentId: "A", match: { channel: "Web", accountId: "*" } },
    { agentId: "a", match: { channel: "web", accountId: "biz", peer: { kind: "dm", id: "1" } } },
  ],
  channels: { web: { accounts: { biz: {} } } },
}`
    const bindings = [
      { channel: 'web' },
      { channel: 'web', accountId: 'biz' },
      { channel: 'WEB', accountId: 'biz' },
    ]
    const result = addAgent({ text }, { id: 'b' }, bindings)
    expect(result).toMatchObject({
      added: [{ channel: 'web', accountId: 'biz' }],
      skipped: [{ channel: 'WEB', accountId: 'biz' }],
      conflicts: [{ channel: 'web', agentId: 'a' }],
    })
    expect(agentIds(textOf(result))).toEqual(['a', 'b'])
  })

  test.each([
    ['{ agents: ', '1:11  error  the text ends too early'],
    ['[]', '1:1  error  must be an object, not a list'],
    ['{ agents: { list: {} } }', '1:13  error  agents.list: must be a list, not an object'],
    [
      '{ agents: { list: [ { id: "B" } ] } }',
      '1:21  error  agents.list[0]: there is an agent "b" already',
    ],
  ])('refuses to edit %j', (text, message) => {
    const result = addAgent({ text }, { id: 'b' })
    expect(messagesOf(result)).toEqual([message])
  })

  test('refuses an id that is none', () => {
    const result = addAgent({ text: '{}' }, { id: '../x' })
    expect(messagesOf(result)).toEqual([
      '1:1  error  "../x" is not an agent id; use 1 to 64 of a-z, 0-9, "_" and "-", beginning with a letter or digit',
    ])
  })

  test('gives a text that is valid again, whatever the layout and the names', () => {
    const blank = fc.constantFrom(
      '',
      ' ',
      '\n',
      '\r\n  ',
      '// note, ] }\n',
      '/* { [ , */',
      '\t\n\t',
    )
    const comma = fc.constantFrom('', ',')
    const layout = fc.record({
      a: blank,
      b: blank,
      c: blank,
      d: blank,
      e: blank,
      x: comma,
      y: comma,
    })
    const name = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.trim() !== '')
    const list = fc.constantFrom('', '{ id: "a" }', '{ "id": "a" }, { id: "b" }')
    fc.assert(
      fc.property(layout, list, name, ({ a, b, c, d, e, x, y }, agents, agentName) => {
        const tail = agents === '' ? '' : x
        const text = `${a}{${b}agents${c}:${d}{ list: [${e}${agents}${a}${tail}${b}]${c}}${d}${y}${e}}${a}`
        const before = agents === '' ? ['main'] : agentIds(text)
        const once = textOf(
          addAgent({ text }, { id: 'new', name: agentName }, [{ channel: 'web' }]),
        )
        const twice = textOf(
          addAgent({ text: once }, { id: 'newer' }, [{ channel: 'web', accountId: 'default' }]),
        )
        expect(agentIds(twice)).toEqual([...before, 'new', 'newer'])
      }),
      { numRuns: 500 },
    )
  })
})

const house = `// The house.
{
  agents: {
    list: [
      { id: 'home', default: true }, // the family
      // The office.
      { id: 'work', identity: { name: 'W' } }, // weekdays
      {
        id: 'sales',
      }
    ],
  },
  bindings: [
    { agentId: 'work', match: { channel: 'telegram', accountId: 'biz' } },
    // Ada alone.
    { agentId: 'work', match: { channel: 'telegram', peer: { kind: 'direct', id: '7' } } }, { agentId: 'home', match: { channel: 'telegram', peer: { kind: 'group', id: '-1' } } },
    { agentId: 'home', match: { channel: 'telegram', accountId: 'biz', guildId: 'g' } },
  ],
  broadcast: { groups: { both: ['work', 'home'], one: ['work'], none: ['home'] } },
}
`

describe('bindAgent', () => {
  test('says which bindings it added, skipped, or left to another agent', () => {
    const bindings: readonly NewBinding[] = [
      { channel: 'telegram' },
      { channel: 'Telegram', accountId: 'biz' },
      { channel: 'telegram', peer: { kind: 'dm', id: '7' } },
      { channel: 'telegram', peer: { kind: 'channel', id: '-1' } },
      { channel: 'telegram', accountId: 'biz', peer: { kind: 'dm', id: '7' } },
    ]
    const result = bindAgent({ text: house }, 'Work', bindings)
    expect(result).toMatchObject({
      added: [bindings[0], bindings[4]],
      skipped: [bindings[1], bindings[2]],
      conflicts: [{ ...bindings[3], agentId: 'home' }],
    })
    expect(textOf(result)).toBe(
      house.replace(
        "guildId: 'g' } },\n",
        `guildId: 'g' } },
    { agentId: "work", match: { channel: "telegram" } },
    { agentId: "work", match: { channel: "telegram", accountId: "biz", peer: { kind: "dm", id: "7" } } },
`,
      ),
    )
  })

  test('takes an omitted account for what the config says that it means', () => {
    const text = house.replace('broadcast', "routing: { omittedAccount: 'default' },\n  broadcast")
    const bind = (binding: NewBinding): Edited<object> => bindAgent({ text }, 'work', [binding])
    const peer = { kind: 'dm', id: '7' } as const
    expect(bind({ channel: 'telegram', accountId: 'default', peer })).toMatchObject({
      skipped: [{ accountId: 'default' }],
    })
    expect(bind({ channel: 'telegram', accountId: '*', peer })).toMatchObject({
      added: [{ accountId: '*' }],
    })
  })

  test('knows the agent main of a config that names none, and no other', () => {
    expect(textOf(bindAgent({ text: '' }, 'main', [web]))).toContain('agentId: "main"')
    expect(messagesOf(bindAgent({ text: house }, 'nobody', [web]))).toEqual([
      '3:3  error  agents: there is no agent "nobody" in the file',
    ])
  })
})

describe('unbindAgent', () => {
  test('takes bindings out, and says which are not there', () => {
    const result = unbindAgent({ text: house }, 'work', [
      { channel: 'telegram', accountId: '*', peer: { kind: 'dm', id: '7' } },
      { channel: 'telegram', accountId: 'biz', peer: { kind: 'dm', id: '7' } },
      { channel: 'telegram', peer: { kind: 'group', id: '-1' } },
    ])
    expect(result).toMatchObject({ removed: [{ accountId: '*' }], missing: [{}, {}] })
    expect(textOf(result)).toBe(
      house.replace(
        "{ agentId: 'work', match: { channel: 'telegram', peer: { kind: 'direct', id: '7' } } }, ",
        '',
      ),
    )
  })

  test('takes all of them out', () => {
    const result = unbindAgent({ text: house }, 'home', 'all')
    expect(result).toMatchObject({
      removed: [{ peer: { kind: 'group', id: '-1' } }, { channel: 'telegram', accountId: 'biz' }],
    })
    expect(textOf(result)).not.toContain("agentId: 'home'")
  })
})

describe('removeAgent', () => {
  test('takes the agent, its bindings and its place in broadcasts', () => {
    const result = removeAgent({ text: house }, 'WORK')
    expect(result).toMatchObject({
      bindings: [{ accountId: 'biz' }, { peer: { kind: 'dm', id: '7' } }],
      broadcast: ['both', 'one'],
    })
    expect(textOf(result)).toBe(`// The house.
{
  agents: {
    list: [
      { id: 'home', default: true }, // the family
      // The office.
      {
        id: 'sales',
      }
    ],
  },
  bindings: [
    // Ada alone.
    { agentId: 'home', match: { channel: 'telegram', peer: { kind: 'group', id: '-1' } } },
    { agentId: 'home', match: { channel: 'telegram', accountId: 'biz', guildId: 'g' } },
  ],
  broadcast: { groups: { both: ['home'], none: ['home'] } },
}
`)
  })

  test('takes the last one with the comma before it', () => {
    expect(textOf(removeAgent({ text: house }, 'sales'))).toBe(
      house.replace(
        `{ id: 'work', identity: { name: 'W' } }, // weekdays
      {
        id: 'sales',
      }
`,
        `{ id: 'work', identity: { name: 'W' } } // weekdays
`,
      ),
    )
  })

  test('refuses the agent that a config without agents has', () => {
    for (const text of ['', '{ agents: { list: [ { id: "main" } ] } }'])
      expect(messagesOf(removeAgent({ text }, 'main')).join()).toMatch(
        /"main" is the agent of a config that names none; add another agent first/,
      )
  })
})

describe('setIdentity', () => {
  test('changes what is there and adds what is not', () => {
    const text = textOf(setIdentity({ text: house }, 'work', { name: 'Office', emoji: '💼' }))
    expect(text).toBe(house.replace("{ name: 'W' }", '{ name: "Office", emoji: "💼" }'))
    expect(textOf(setIdentity({ text: house }, 'sales', { theme: 'brief' }))).toBe(
      house.replace(
        "id: 'sales',\n",
        `id: 'sales',\n        identity: {\n          theme: "brief"\n        },\n`,
      ),
    )
    expect(textOf(setIdentity({ text: '{}' }, 'main', { name: 'Me' }))).toContain(
      '{ id: "main", identity: {',
    )
  })
})

describe('an edit of several files', () => {
  const files: Readonly<Record<string, string>> = {
    '/c/agents.json5': `[ // mine\n  { id: 'home' },\n  { $include: 'work.json5' },\n]`,
    '/c/work.json5': `{ id: 'work' }`,
    '/c/bindings.json5': `{ "bindings": [] }`,
  }
  const source: ConfigSource = {
    file: '/c/junctor.json',
    text: `{ $include: 'bindings.json5', agents: { list: { $include: 'agents.json5' } } }`,
    readInclude: (path) => ({ file: `/c/${path}`, text: files[`/c/${path}`] ?? '' }),
  }

  test('changes the file in which the entry lives', () => {
    expect(filesOf(addAgent(source, { id: 'sales' }, [web]))).toEqual({
      '/c/agents.json5': `[ // mine\n  { id: 'home' },\n  { $include: 'work.json5' },\n  { id: "sales" },\n]`,
      '/c/bindings.json5': `{ "bindings": [\n  { "agentId": "sales", "match": { "channel": "web" } }\n] }`,
    })
    expect(filesOf(setIdentity(source, 'work', { name: 'W' }))).toEqual({
      '/c/work.json5': `{ id: 'work', identity: {\n  name: "W"\n} }`,
    })
    expect(filesOf(removeAgent(source, 'home'))).toEqual({
      '/c/agents.json5': `[ // mine\n  { $include: 'work.json5' },\n]`,
    })
  })

  test('leaves an entry that is a whole file to its owner', () => {
    expect(messagesOf(removeAgent(source, 'work'))).toEqual([
      '/c/work.json5:1:1  error  agents.list[1]: is the whole content of a file that is included; remove its $include by hand',
    ])
  })
})

describe('a file in another spelling', () => {
  const map = `{\n  agents: { work: {}, home: {}, main: {} },\n  channels: { telegram: { agent: 'work' } },\n}`

  test('is edited as it is, where that can be done', () => {
    expect(textOf(setIdentity({ text: map }, 'work', { name: 'W' }))).toContain(
      'work: {\n    identity: {\n      name: "W"\n    }\n  }, home',
    )
    expect(textOf(removeAgent({ text: map }, 'work'))).toBe(
      `{\n  agents: { home: {}, main: {} },\n  channels: { telegram: { } },\n}`,
    )
    const routing = `{ routing: { agents: { work: {} }, bindings: [ { agentId: 'work', match: { provider: 'web' } } ] } }`
    expect(textOf(unbindAgent({ text: routing }, 'work', [web]))).toBe(
      '{ routing: { agents: { work: {} }, bindings: [ ] } }',
    )
  })

  test('is never half converted', () => {
    const refused =
      /in another spelling, into which nothing can be added; run `junctor config migrate --write` first/
    expect(messagesOf(addAgent({ text: map }, { id: 'new' })).join()).toMatch(refused)
    expect(messagesOf(bindAgent({ text: map }, 'home', [web])).join()).toMatch(refused)
    const text = '{ agents: { work: { identity: "You are W." } } }'
    expect(messagesOf(setIdentity({ text }, 'work', { name: 'W' })).join()).toMatch(refused)
  })
})

test('what is left after a removal is as valid as before, whatever the layout', () => {
  const blank = fc.constantFrom('', ' ', '\n', '\r\n  ', ' // note, ] }\n', '/* { [ , */', '\t\n\t')
  const layout = fc.array(blank, { minLength: 12, maxLength: 12 })
  const options = fc.record({ layout, count: fc.integer({ min: 2, max: 4 }), comma: fc.boolean() })
  fc.assert(
    fc.property(options, fc.nat(), ({ layout: blanks, count, comma }, pick) => {
      const [a = '', b = '', ...rest] = blanks
      const ids = ['a', 'b', 'c', 'd'].slice(0, count)
      const list = ids.map(
        (id, index) => `${rest[index] ?? ''}{ id: "${id}" }${rest[index + 4] ?? ''}`,
      )
      const text = `{${a}agents: { list: [${list.join(',')}${comma ? `,${b}` : ''}]${a} } }`
      const removed = ids[pick % count] ?? 'a'
      const edited = textOf(removeAgent({ text }, removed))
      expect(agentIds(edited)).toEqual(ids.filter((id) => id !== removed))
    }),
    { numRuns: 500 },
  )
})
