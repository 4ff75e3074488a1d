import { describe, expect, test } from 'vitest'
import { formatProblem, parseConfig, type ParseOptions } from '@junctor/config'

const places = { home: '/home/ada', stateDir: '/home/ada/.junctor' }

function workspacesOf(text: string, options: Partial<ParseOptions> = {}): readonly string[] {
  const result = parseConfig(text, { ...places, ...options })
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.config.agents.list.map(({ id, workspace }) => `${id} ${workspace}`)
}

function flavourOf(text: string, options: Partial<ParseOptions> = {}): string {
  return parseConfig(text, { ...places, ...options }).reading.flavour
}

describe('whose file it is', () => {
  test.each([
    ['the name of the file', 'opensoul', '{}', '/etc/opensoul.json'],
    ['the name of the file, also where the content is broken', 'clawdia', '{', 'clawdia.json'],
    ['sections that only one system has', 'clawdbot', '{ routing: { defaultAgentId: "a" } }'],
    ['a map of agents', 'argentos', '{ agents: { home: { name: "Home" } } }'],
    ['the keys of a persona', 'penguin', '{ agents: { qa: { system_prompt: "Test." } } }'],
    ['the entries of agents', 'openclaw', '{ agents: { entries: { a: {} } } }'],
    [
      'a folder, where its sections do not say more than the family',
      'opensoul',
      '{ meta: {}, agents: { list: [ { id: "a", workspace: "~/.opensoul/workspace-a" } ] } }',
    ],
    ['the newest of the family, where nothing says more', 'openclaw', '{ wizard: {} }'],
    [
      'a folder and a setting that ours have not, neither of which says it alone',
      'opensoul',
      '{ session: { scope: "per-sender" }, agents: { list: [ { id: "a", workspace: "~/.opensoul/workspace-a" } ] } }',
    ],
    [
      'the same, where the folder is the workspace itself',
      'clawdbot',
      '{ agents: { defaults: { workspace: "~/clawd", heartbeat: { every: "30m" } } } }',
    ],
    [
      'not such a setting alone',
      'junctor',
      '{ session: { scope: "per-sender" }, agents: { list: [ { id: "a" } ] } }',
    ],
    [
      'nothing in it',
      'junctor',
      '{ agents: { list: [ { id: "a", workspace: "~/.opensoul/w" } ] } }',
    ],
    ['nothing in it, although it is misspelt', 'junctor', '{ agents: { lst: [] } }'],
  ])('is told by %s', (_about, flavour, text, file?: string) => {
    expect(flavourOf(text, file === undefined ? {} : { file })).toBe(flavour)
  })

  test('is what the caller says', () => {
    expect(flavourOf('{}', { flavour: 'clawdbot', file: 'opensoul.json' })).toBe('clawdbot')
  })
})

describe('workspaces', () => {
  const two = '{ agents: { list: [ { id: "a" }, { id: "B" }, { id: "c", workspace: "~/c" } ] } }'

  test.each([
    ['clawdbot', ['a /home/ada/clawd', 'b /home/ada/clawd-b', 'c /home/ada/c']],
    ['clawdia', ['a /home/ada/clawd', 'b /home/ada/clawd-b', 'c /home/ada/c']],
    [
      'opensoul',
      ['a /home/ada/.opensoul/workspace', 'b /home/ada/.opensoul/workspace-b', 'c /home/ada/c'],
    ],
    [
      'argentos',
      ['a /home/ada/.argentos/workspace', 'b /home/ada/.argentos/workspace-b', 'c /home/ada/c'],
    ],
    [
      'openclaw',
      ['a /home/ada/.openclaw/workspace', 'b /home/ada/.openclaw/workspace-b', 'c /home/ada/c'],
    ],
    [
      'penguin',
      ['a /home/ada/.junctor/workspace', 'b /home/ada/.junctor/workspace-b', 'c /home/ada/c'],
    ],
  ] as const)('of %s are read where they are', (flavour, workspaces) => {
    expect(workspacesOf(two, { flavour })).toEqual(workspaces)
  })

  test('follow the profile of their system, and ours before it', () => {
    const flavour = 'clawdbot'
    expect(workspacesOf('{}', { flavour, env: { CLAWDBOT_PROFILE: 'Work' } })).toEqual([
      'main /home/ada/clawd-work',
    ])
    const env = { CLAWDBOT_PROFILE: 'work', JUNCTOR_PROFILE: 'home' }
    expect(workspacesOf('{}', { flavour, env })).toEqual(['main /home/ada/clawd-home'])
    expect(workspacesOf('{}', { flavour, env: { OPENSOUL_PROFILE: 'work' } })).toEqual([
      'main /home/ada/clawd',
    ])
  })

  test('under agents.defaults belong to the default agent alone', () => {
    const text =
      '{ agents: { defaults: { workspace: "~/own" }, list: [ { id: "a" }, { id: "b" } ] } }'
    expect(workspacesOf(text, { flavour: 'clawdbot' })).toEqual([
      'a /home/ada/own',
      'b /home/ada/clawd-b',
    ])
  })

  test('of a profile and of an agent never fall together', () => {
    const result = parseConfig('{ agents: { list: [ { id: "main" }, { id: "work" } ] } }', {
      ...places,
      flavour: 'clawdbot',
      env: { CLAWDBOT_PROFILE: 'work' },
    })
    expect(result.problems.map(formatProblem)).toEqual([
      '1:37  error  agents.list[1].workspace: the agents "main" and "work" would get one workspace, /home/ada/clawd-work, without either asking for it; write "workspace" for both',
    ])
  })
})

describe('what another system has and nothing here acts on', () => {
  test('is left out with a warning, where ours refuses it', () => {
    const text = '{ agents: { list: [ { id: "a", heartbeat: {} } ] }, memory: {} }'
    const theirs = parseConfig(text, { ...places, flavour: 'openclaw' })
    expect(theirs.problems.map(formatProblem)).toContain(
      '1:53  warning  memory: "memory" is not available in this version, and would have no effect',
    )
    const ours = parseConfig(text, places)
    expect(ours.problems.map(formatProblem)).toContain(
      '1:53  error  memory: "memory" is not available in this version, and would have no effect; remove it',
    )
  })
})

describe('problems speak as the file does', () => {
  test('in the spelling and at the place that a person wrote', () => {
    const text =
      '{\n  routing: { agents: {\n    home: { modle: "a/b" },\n    Home: {},\n  } },\n  telegram: { agent: "hom", botToken: "t", allowFrom: ["1"] },\n}'
    const { problems } = parseConfig(text, places)
    expect(problems.map(formatProblem)).toEqual([
      '3:13  error  routing.agents.home.modle: unknown key "modle"; did you mean "model"?',
      '4:5  error  routing.agents.Home: routing.agents.home already has the id "home"; rename one',
      '6:22  error  telegram.agent: there is no agent "hom"; did you mean "home"?',
    ])
  })
})
