import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatProblem, parseConfig } from '@junctor/config'
import { addAgentToText, type AddedAgent } from './add-agent.ts'

const places = { home: '/home/ada', stateDir: '/state' }

function textOf(result: AddedAgent): string {
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.text
}

function agentIds(text: string): readonly string[] {
  const result = parseConfig(text, places)
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.config.agents.list.map(({ id }) => id)
}

describe('addAgentToText', () => {
  test('writes a whole config into an empty file, and lets main go on answering', () => {
    const result = addAgentToText('', { id: 'Work', name: 'Work', model: 'a/b' }, [
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
    expect(textOf(addAgentToText(text, { id: 'c' }, [{ channel: 'web' }]))).toBe(`// my config
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
    const edited = textOf(addAgentToText(text, { id: 'b' }, [{ channel: 'web' }]))
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
    const result = addAgentToText(text, { id: 'b' }, bindings)
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
    const result = addAgentToText(text, { id: 'b' })
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([message])
  })

  test('refuses an id that is none', () => {
    const result = addAgentToText('{}', { id: '../x' })
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
      '1:1  error  "../x" is not an agent id',
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
          addAgentToText(text, { id: 'new', name: agentName }, [{ channel: 'web' }]),
        )
        const twice = textOf(
          addAgentToText(once, { id: 'newer' }, [{ channel: 'web', accountId: 'default' }]),
        )
        expect(agentIds(twice)).toEqual([...before, 'new', 'newer'])
      }),
      { numRuns: 500 },
    )
  })
})
