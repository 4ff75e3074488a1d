import { parseConfig, type Config } from '@junctor/config'
import { describe, expect, it } from 'vitest'
import { compileGates } from './tool-gate.ts'

function gateOf(settings: object, sessionKey = 'agent:a:main') {
  const parsed = parseConfig(JSON.stringify(settings), { home: '/h', stateDir: '/s' })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const { config } = parsed
  const [agent] = config.agents.list
  if (agent === undefined) throw new Error('no agent')
  return compileGates(config satisfies Config, agent)(sessionKey)
}

describe('the gate of a sandboxed session', () => {
  it('lets pass what a sandbox has by default', () => {
    const gate = gateOf({ agents: { list: [{ id: 'a', sandbox: { mode: 'all' } }] } })
    expect(gate.check('exec')).toMatchObject({ allowed: true })
    expect(gate.check('browser')).toEqual({
      allowed: false,
      layer: 'tools.sandbox.tools',
      rule: 'deny "browser"',
    })
    expect(gate.check('sessions_list')).toMatchObject({ allowed: true })
  })

  it('takes what the rules for sandboxes take, those of the agent in place of those of all', () => {
    const agents = { list: [{ id: 'a', sandbox: { mode: 'all' } }] }
    const global = { sandbox: { tools: { deny: ['session_status'] } } }
    expect(gateOf({ agents, tools: global }).check('session_status').allowed).toBe(false)
    const own = {
      list: [
        { id: 'a', sandbox: { mode: 'all' }, tools: { sandbox: { tools: { deny: ['read'] } } } },
      ],
    }
    expect(gateOf({ agents: own, tools: global }).check('session_status').allowed).toBe(true)
    // By default a sandbox reaches no chat.
    expect(gateOf({ agents }).check('message')).toMatchObject({ layer: 'tools.sandbox.tools' })
  })

  it('stands beside an open one when the main session is not sandboxed', () => {
    const settings = { agents: { list: [{ id: 'a', sandbox: { mode: 'non-main' } }] } }
    expect(gateOf(settings).check('browser').allowed).toBe(true)
    expect(gateOf(settings, 'agent:a:telegram:group:1').check('browser').allowed).toBe(false)
    expect(gateOf(settings, 'agent:a:subagent:x').check('browser').allowed).toBe(false)
  })
})
