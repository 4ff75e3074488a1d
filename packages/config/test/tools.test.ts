import { describe, expect, it } from 'vitest'
import { formatProblem, parseConfig, type Config } from '@junctor/config'

function read(text: string): Config {
  const result = parseConfig(text, { home: '/h', stateDir: '/s' })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.config
}

describe('limits on calls', () => {
  it('are numbers of calls in a time, and those of an agent stand beside the defaults', () => {
    const { tools, agents } = read(
      `{
        tools: { throttle: { exec: '10/m' } },
        agents: {
          defaults: { tools: { throttle: { read: '1/s', write: '2/d' } } },
          list: [ { id: 'a', tools: { throttle: { 'group:web': '30/h', write: '3/d' } } } ],
        },
      }`,
    )
    expect(tools.throttle).toEqual({ exec: { calls: 10, perMs: 60_000 } })
    expect(agents.list[0]?.tools.throttle).toEqual({
      read: { calls: 1, perMs: 1_000 },
      write: { calls: 3, perMs: 86_400_000 },
      'group:web': { calls: 30, perMs: 3_600_000 },
    })
  })
})

describe('leaving the sandbox', () => {
  it('is read for all and for each agent over the defaults', () => {
    const { tools, agents } = read(
      `{
        tools: { elevated: { enabled: true, allowFrom: { telegram: ['7', '8'] } } },
        agents: {
          defaults: { tools: { elevated: { allowFrom: { telegram: ['7'] } } } },
          list: [ { id: 'a', tools: { elevated: { enabled: false } } } ],
        },
      }`,
    )
    expect(tools.elevated).toEqual({ enabled: true, allowFrom: { telegram: ['7', '8'] } })
    expect(agents.list[0]?.tools.elevated).toEqual({
      enabled: false,
      allowFrom: { telegram: ['7'] },
    })
  })
})

describe('calls that a person approves', () => {
  const problemsOf = (text: string): readonly string[] =>
    parseConfig(text, { home: '/h', stateDir: '/s' }).problems.map(formatProblem)
  const why =
    'nobody could approve these calls, so they are all denied; name people in tools.approvers, such as { telegram: ["123"], web: ["owner"] }'

  it('are warned about where nobody could approve them', () => {
    expect(problemsOf('{ tools: { requireApproval: ["exec"] } }')).toEqual([
      `1:12  warning  tools.requireApproval: ${why}`,
    ])
    expect(
      problemsOf(
        '{ tools: { approvers: { web: ["owner"] } }, agents: { list: [ { id: "a", tools: { requireApproval: ["exec"], approvers: {} } } ] } }',
      ),
    ).toEqual([expect.stringContaining(`agents.list[0].tools.requireApproval: ${why}`)])
    expect(
      problemsOf('{ tools: { requireApproval: ["exec"], approvers: { web: ["owner"] } } }'),
    ).toEqual([])
  })
})
