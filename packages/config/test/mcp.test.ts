import { expect, test } from 'vitest'
import { formatProblem, parseConfig } from '@junctor/config'

const places = { home: '/home/ada', stateDir: '/home/ada/.junctor', env: { KEY: 'fake-key' } }

test('tools.mcp holds programs and addresses with their secrets; an agent adds to the defaults or replaces them by name', () => {
  const result = parseConfig(
    `{
      tools: { mcp: { wiki: { url: 'https://wiki.example/mcp', headers: { authorization: 'Bearer \${KEY}' } } } },
      agents: {
        defaults: { tools: { mcp: { notes: { command: 'notes' }, files: { command: 'files' } } } },
        list: [ { id: 'a', tools: { mcp: { files: { command: 'own-files', args: ['-x'], env: { FILES_KEY: '\${KEY}' }, onHost: true } } } } ],
      },
    }`,
    places,
  )
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  expect(result.config.tools.mcp).toEqual({
    wiki: { url: 'https://wiki.example/mcp', headers: { authorization: 'Bearer fake-key' } },
  })
  expect(result.config.agents.list[0]?.tools.mcp).toEqual({
    notes: { command: 'notes' },
    files: { command: 'own-files', args: ['-x'], env: { FILES_KEY: 'fake-key' }, onHost: true },
  })
})

test.each([
  ['{}', 'tools.mcp.a: must be an object with a command or a url'],
  ['"npx a"', 'tools.mcp.a: must be an object with a command or a url'],
  ['{ url: "https://a", command: "a" }', 'tools.mcp.a.command: unknown key "command"'],
  ['{ command: "a", headers: {} }', 'tools.mcp.a.headers: unknown key "headers"'],
  ['{ url: "ftp://a" }', 'tools.mcp.a.url: must be an http:// or https:// address'],
  ['{ command: "a", env: { K: "${NONE}" } }', 'the environment variable "NONE" is not set'],
])('refuses the server %s', (server, problem) => {
  const { ok, problems } = parseConfig(`{ tools: { mcp: { a: ${server} } } }`, places)
  expect(ok).toBe(false)
  expect(problems.map(formatProblem).join()).toContain(problem)
})

test.each(['a__b', 'A', '_a', 'a-', '', 'a b', 'x'.repeat(40)])(
  'refuses the server name %j',
  (name) => {
    const text = JSON.stringify({ tools: { mcp: { [name]: { command: 'a' } } } })
    expect(parseConfig(text, places).ok).toBe(false)
  },
)
