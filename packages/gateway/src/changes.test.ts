import { parseConfig, type Config } from '@junctor/config'
import { describe, expect, it } from 'vitest'
import { changesBetween } from './changes.ts'

const telegram = {
  allowFrom: ['1'],
  accounts: { biz: { botToken: 'first' }, red: { botToken: 'r' } },
}
const base = {
  agents: { list: [{ id: 'home' }, { id: 'work', model: 'a/b' }] },
  bindings: [
    { agentId: 'work', match: { channel: 'telegram', accountId: 'biz' } },
    {
      id: 'room',
      agentId: 'home',
      match: { channel: 'telegram', peer: { kind: 'group', id: '-7' } },
    },
  ],
  channels: { telegram },
}

function configOf(value: object): Config {
  const result = parseConfig(JSON.stringify(value), { home: '/h', stateDir: '/s' })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.config
}

const [biz, room] = base.bindings

describe('changesBetween', () => {
  it.each<readonly [string, object, readonly string[]]>([
    ['nothing', {}, []],
    [
      'an agent that comes, changes and goes',
      {
        agents: { list: [{ id: 'work', model: 'a/c', tools: { deny: ['exec'] } }, { id: 'new' }] },
        bindings: [{ ...biz }],
      },
      [
        'changed agent work: default, model, workspace, tools',
        'added agent new',
        'removed agent home',
        'removed bindings[1] (telegram/* group -7 to home)',
      ],
    ],
    [
      'bindings that come and change',
      {
        bindings: [
          { agentId: 'home', match: { channel: 'web' } },
          { ...biz, agentId: 'home' },
          { ...room, dmScope: 'per-peer' },
        ],
      },
      [
        'added bindings[0] (web/* to home)',
        'changed bindings[1] (telegram/biz to home): agentId',
        'changed bindings[2] (telegram/* group -7 to home): dmScope',
      ],
    ],
    ['the order of bindings', { bindings: [room, biz] }, ['changed the order of bindings']],
    [
      'accounts, without their secrets',
      {
        channels: {
          telegram: {
            ...telegram,
            allowFrom: ['1'],
            accounts: { biz: { botToken: 'second', groupPolicy: 'open' } },
          },
        },
      },
      ['changed account telegram/biz: groupPolicy, botToken', 'removed account telegram/red'],
    ],
    [
      'anything else by its path',
      {
        session: { dmScope: 'main', mainKey: 'hall' },
        broadcast: { groups: { g: ['home'] } },
        tools: { deny: ['exec'] },
      },
      ['changed session: mainKey', 'changed tools: deny', 'changed broadcast'],
    ],
  ])('names %s', (_name, change, expected) => {
    expect(changesBetween(configOf(base), configOf({ ...base, ...change }))).toEqual(expected)
  })
})
