import { describe, expect, test } from 'vitest'
import {
  extendConfig,
  formatProblem,
  parseConfig,
  type Addition,
  type Config,
} from '@junctor/config'

const places = { home: '/home/ada', stateDir: '/state' }

function configOf(text: string, more: object = {}): Config {
  const result = parseConfig(text, { ...places, file: 'junctor.json', ...more })
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.config
}

const agent = (value: Addition['value']): Addition => ({
  name: 'agent of ops',
  section: 'agents',
  value,
})
const binding = (value: Addition['value']): Addition => ({
  name: 'binding 1',
  section: 'bindings',
  value,
})

describe('extendConfig', () => {
  test('puts agents and bindings behind those of the file', () => {
    const config = configOf(`{
      agents: { defaults: { model: 'a/b' }, list: [ { id: 'home' } ] },
      bindings: [ { agentId: 'home', match: { channel: 'web' } } ],
    }`)
    const extended = extendConfig(config, [
      agent({ id: 'Sales', name: 'Sales' }),
      binding({ agentId: 'sales', match: { channel: 'web', accountId: 'x' } }),
    ])
    expect(extended).toMatchObject({
      ok: true,
      config: {
        agents: {
          list: [
            { id: 'home', default: true },
            { id: 'sales', default: false, model: 'a/b', workspace: '/state/workspace-sales' },
          ],
        },
        bindings: [{ agentId: 'home' }, { agentId: 'sales' }],
      },
    })
    // The config itself stays as it was, and can be extended in another way.
    expect(extendConfig(config, [])).toMatchObject({ ok: true, config })
  })

  test('keeps main where the file names no agent', () => {
    const extended = extendConfig(configOf(''), [agent({ id: 'sales' })])
    expect(extended).toMatchObject({
      config: { agents: { list: [{ id: 'main', default: true }, { id: 'sales' }] } },
    })
  })

  test('goes behind agents of a map, too', () => {
    const extended = extendConfig(configOf('{ agents: { work: {}, home: {} } }'), [
      agent({ id: 'sales' }),
    ])
    expect(extended).toMatchObject({
      config: { agents: { list: [{ id: 'work' }, { id: 'home' }, { id: 'sales' }] } },
    })
  })

  test.each<readonly [string, readonly Addition[], string]>([
    [
      'an unknown key',
      [agent({ id: 'a', modle: 'x' })],
      'agent of ops:1:11  error  agents.list[1].modle: unknown key "modle"; did you mean "model"?',
    ],
    [
      'an id that is taken',
      [agent({ id: 'HOME' })],
      'agent of ops:1:7  error  agents.list[1].id: agents.list[0] already has the id "home"; rename one',
    ],
    [
      'an agentDir that is taken',
      [agent({ id: 'a', agentDir: '/state/agents/home/agent' })],
      'have one agentDir',
    ],
    [
      'a workspace that nobody chose to share',
      [agent({ id: 'a', workspace: '/state/workspace' })],
      'would get one workspace',
    ],
    [
      'an unknown agent',
      [binding({ agentId: 'nobody', match: { channel: 'web' } })],
      'binding 1:1:12  error  bindings[0].agentId: there is no agent "nobody"; the agents are "home"',
    ],
    [
      'no object',
      [agent('x')],
      'agent of ops:1:1  error  agents.list[1]: must be an object, not text',
    ],
  ])('refuses %s as in a file, and names where it comes from', (_name, additions, message) => {
    const { ok, problems } = extendConfig(
      configOf('{ agents: { list: [ { id: "home" } ] } }'),
      additions,
    )
    expect(ok).toBe(false)
    expect(problems.map(formatProblem).join('\n')).toContain(message)
  })

  test('lets two workspaces be shared that are both written down', () => {
    const config = configOf('{ agents: { list: [ { id: "home", workspace: "/w" } ] } }')
    const { ok, problems } = extendConfig(config, [agent({ id: 'a', workspace: '/w' })])
    expect([ok, problems.map(({ code }) => code)]).toEqual([true, ['SHARED_WORKSPACE']])
  })

  test('reads no file again', () => {
    const reads: string[] = []
    const text = `{ channels: { telegram: { allowFrom: ['1'], botToken: { $file: 'token' } } }, $include: 'more' }`
    const config = configOf(text, {
      readSecretFile: (path: string) => `secret ${reads.push(path)}`,
      readInclude: (path: string) => ({ file: path, text: `{} // ${reads.push(path)}` }),
    })
    const extended = extendConfig(config, [agent({ id: 'sales' })])
    expect(extended).toMatchObject({
      config: { channels: { telegram: { default: { settings: { botToken: 'secret 2' } } } } },
    })
    expect(reads).toEqual(['more', 'token'])
  })

  test('takes only what parseConfig made', () => {
    expect(() => extendConfig({ ...configOf('') }, [])).toThrow(TypeError)
  })
})
