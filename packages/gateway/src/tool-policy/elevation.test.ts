import { parseConfig } from '@junctor/config'
import { describe, expect, it } from 'vitest'
import { elevationOf, type Writer } from './elevation.ts'

const ada: Writer = { channel: 'telegram', senderId: '1' }
const bob: Writer = { channel: 'telegram', senderId: '2' }

function elevation(all: object | undefined, own: object | undefined, permissions: object = {}) {
  const agent = { id: 'a', permissions, ...(own && { tools: { elevated: own } }) }
  const settings = { ...(all && { tools: { elevated: all } }), agents: { list: [agent] } }
  const parsed = parseConfig(JSON.stringify(settings), { home: '/h', stateDir: '/s' })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const [found] = parsed.config.agents.list
  if (found === undefined) throw new Error('no agent')
  return elevationOf(parsed.config, found)
}

const open = { enabled: true, allowFrom: { telegram: ['1', '2'] } }
const main = 'agent:a:main'

describe('leaving the sandbox', () => {
  it.each<[string, object | undefined, object | undefined, Writer, string | undefined]>([
    ['where nothing is said', undefined, undefined, ada, 'tools.elevated.enabled is not true'],
    ['where only the agent says so', undefined, open, ada, 'tools.elevated.enabled is not true'],
    ['where all may', open, undefined, ada, undefined],
    [
      'of a channel without a list',
      open,
      undefined,
      { channel: 'web', senderId: '1' },
      '1 is not in tools.elevated.allowFrom.web',
    ],
    [
      'without any list',
      { enabled: true },
      undefined,
      ada,
      '1 is not in tools.elevated.allowFrom.telegram',
    ],
    [
      'where the agent lists nobody',
      open,
      { allowFrom: {} },
      ada,
      '1 is not in agents.a.tools.elevated.allowFrom.telegram',
    ],
    ['where both list the sender', open, { allowFrom: { telegram: ['1'] } }, ada, undefined],
    [
      'where the agent lists somebody else',
      open,
      { allowFrom: { telegram: ['1'] } },
      bob,
      '2 is not in agents.a.tools.elevated.allowFrom.telegram',
    ],
    [
      'whom only the agent lists',
      { enabled: true, allowFrom: { telegram: ['1'] } },
      { allowFrom: { telegram: ['*'] } },
      bob,
      '2 is not in tools.elevated.allowFrom.telegram',
    ],
    [
      'where the agent says no',
      open,
      { enabled: false },
      ada,
      'agents.a.tools.elevated.enabled is false',
    ],
    ['by a star', { enabled: true, allowFrom: { telegram: ['*'] } }, undefined, bob, undefined],
  ])('%s', (_about, all, own, writer, refused) => {
    expect(elevation(all, own)(main, [writer])).toBe(refused)
  })

  it('needs everybody who is answered, and a person', () => {
    const asked = elevation({ enabled: true, allowFrom: { telegram: ['1'] } }, undefined)
    expect(asked(main, [ada, ada])).toBeUndefined()
    expect(asked(main, [ada, bob])).toBe('2 is not in tools.elevated.allowFrom.telegram')
    expect(asked(main, [ada, undefined])).toBe('the turn answers a message that no person wrote')
    expect(asked(main, [])).toBe('no message of a person began the turn')
  })

  it('is not for sub-agents, nor for agents with less than full permissions', () => {
    expect(elevation(open, undefined)('agent:a:subagent:1', [ada])).toBe(
      'a sub-agent stays in its sandbox',
    )
    expect(elevation(open, undefined, { mode: 'workspace' })(main, [ada])).toBe(
      'agents.a.permissions.mode is "workspace"',
    )
  })
})
