import { parseConfig } from '@junctor/config'
import { describe, expect, it } from 'vitest'
import type { ToolGate } from '@junctor/runtime'
import { compileGates, type ToolPlace } from './gates.ts'

function gateOf(settings: object, sessionKey = 'agent:a:main', place: Partial<ToolPlace> = {}) {
  const parsed = parseConfig(JSON.stringify(settings), { home: '/h', stateDir: '/s' })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const { config } = parsed
  const [agent] = config.agents.list
  if (agent === undefined) throw new Error('no agent')
  return compileGates(config, agent)({ sessionKey, ...place })
}

/** The rule that decided about a tool. */
function ruleOf(gate: ToolGate, tool: string): string {
  const { allowed, layer = '', rule = '' } = gate.check(tool)
  return `${allowed ? 'allowed' : 'denied'} by ${layer}: ${rule}`
}

describe('the gate of a sandboxed session', () => {
  it('lets pass what a sandbox has by default', () => {
    const gate = gateOf({ agents: { list: [{ id: 'a', sandbox: { mode: 'all' } }] } })
    expect(gate.check('exec')).toMatchObject({ allowed: true })
    expect(gate.check('browser')).toEqual({
      allowed: false,
      layer: 'default of sandboxes',
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
    expect(gateOf({ agents }).check('message')).toMatchObject({ layer: 'default of sandboxes' })
  })

  it('stands beside an open one when the main session is not sandboxed', () => {
    const settings = { agents: { list: [{ id: 'a', sandbox: { mode: 'non-main' } }] } }
    expect(gateOf(settings).check('browser').allowed).toBe(true)
    expect(gateOf(settings, 'agent:a:telegram:group:1').check('browser').allowed).toBe(false)
    expect(gateOf(settings, 'agent:a:subagent:x').check('browser').allowed).toBe(false)
  })
})

describe('the layers of a gate', () => {
  it('are asked in their order, and the first that refuses decides', () => {
    const everywhere = { deny: ['exec'] }
    const room = { name: 'the room', tools: everywhere }
    const settings = (taken: readonly string[]): object => {
      const at = (place: string): object => (taken.includes(place) ? everywhere : {})
      const levels = (place: string): object => ({
        ...at(place),
        byProvider: { anthropic: at(`${place} by provider`) },
        sandbox: { tools: at(`${place} in a sandbox`) },
      })
      return {
        tools: { ...levels('all'), profile: taken.includes('profile') ? 'minimal' : 'full' },
        agents: {
          list: [
            {
              id: 'a',
              model: 'anthropic/x',
              sandbox: { mode: 'all' },
              tools: { ...levels('own'), subagents: { tools: at('subagents') } },
              permissions: taken.includes('mode') ? { mode: 'read_only' } : {},
            },
          ],
        },
      }
    }
    const order: readonly (readonly [string, string])[] = [
      ['profile', 'tools: not in profile "minimal"'],
      ['all', 'tools: deny "exec"'],
      ['all by provider', 'tools.byProvider.anthropic: deny "exec"'],
      ['own', 'agents.a.tools: deny "exec"'],
      ['own by provider', 'agents.a.tools.byProvider.anthropic: deny "exec"'],
      ['room', 'the room: deny "exec"'],
      ['own in a sandbox', 'agents.a.tools.sandbox.tools: deny "exec"'],
      ['subagents', 'agents.a.tools.subagents.tools: deny "exec"'],
      ['mode', 'agents.a.permissions.mode "read_only": not in allow'],
    ]
    for (const [index, [, rule]] of order.entries()) {
      const taken = order.slice(index).map(([name]) => name)
      const place = taken.includes('room') ? { room } : {}
      const gate = gateOf(settings(taken), 'agent:a:subagent:x', place)
      expect(ruleOf(gate, 'exec')).toBe(`denied by ${rule}`)
    }
    expect(gateOf(settings([]), 'agent:a:subagent:x').check('exec').allowed).toBe(true)
  })

  it("take an agent's profile in place of that of all, and what it adds to it", () => {
    const tools = { profile: 'minimal', byProvider: { anthropic: { profile: 'full' } } }
    const gate = (own: object) =>
      gateOf({ tools, agents: { list: [{ id: 'a', model: 'anthropic/x', tools: own }] } })
    expect(ruleOf(gate({}), 'read')).toBe('denied by tools: not in profile "minimal"')
    expect(gate({ profile: 'coding' }).check('read').allowed).toBe(true)
    expect(gate({ alsoAllow: ['read'] }).check('read').allowed).toBe(true)
    expect(gate({ alsoAllow: ['read'] }).check('write').allowed).toBe(false)
    const byProvider = { anthropic: { profile: 'messaging' } }
    expect(ruleOf(gate({ profile: 'coding', byProvider }), 'read')).toBe(
      'denied by agents.a.tools.byProvider.anthropic: not in profile "messaging"',
    )
    // What all deny stays denied.
    const denied = gateOf({
      tools: { deny: ['exec'] },
      agents: { list: [{ id: 'a', tools: { profile: 'full', alsoAllow: ['exec'] } }] },
    })
    expect(ruleOf(denied, 'exec')).toBe('denied by tools: deny "exec"')
  })
})

describe('the gate of a sub-agent', () => {
  const child = 'agent:a:subagent:1'

  it('has nothing that reaches other sessions, unless the tool is named', () => {
    const list = [{ id: 'a' }]
    const gate = gateOf({ agents: { list } }, child)
    for (const tool of ['sessions_spawn', 'sessions_send', 'agents_list', 'cron', 'gateway'])
      expect(gate.check(tool)).toMatchObject({ allowed: false, layer: 'tools.subagents.tools' })
    expect(gate.check('exec').allowed).toBe(true)
    expect(gateOf({ agents: { list } }).check('sessions_spawn').allowed).toBe(true)
    const subagents = { tools: { alsoAllow: ['sessions_list'], deny: ['exec'] } }
    const open = gateOf({ tools: { subagents }, agents: { list } }, child)
    expect(open.check('sessions_list').allowed).toBe(true)
    expect(open.check('sessions_send').allowed).toBe(false)
    expect(open.check('exec').allowed).toBe(false)
  })

  it('is never wider than that of the session that made it', () => {
    const parent = gateOf({ agents: { list: [{ id: 'b', tools: { deny: ['write'] } }] } })
    const gate = gateOf({ agents: { list: [{ id: 'a', tools: { deny: ['read'] } }] } }, child, {
      parent,
    })
    expect(ruleOf(gate, 'write')).toBe(
      'denied by the session that made this one, agents.b.tools: deny "write"',
    )
    expect(ruleOf(gate, 'read')).toBe('denied by agents.a.tools: deny "read"')
    expect(gate.check('edit').allowed).toBe(true)
  })
})

describe('calls that a person has to approve', () => {
  it('are those of all, of the agent, and of the session that made this one', () => {
    const parent = gateOf({
      agents: { list: [{ id: 'b', tools: { requireApproval: ['group:fs'] } }] },
    })
    const permissions = { requireApproval: ['process'] }
    const settings = {
      tools: { requireApproval: ['exec'] },
      agents: { list: [{ id: 'a', permissions }] },
    }
    const asked = gateOf(settings, 'agent:a:subagent:1', { parent }).needsApproval
    expect(['exec', 'process', 'read', 'browser'].map((tool) => asked?.(tool))).toEqual([
      'tools.requireApproval "exec"',
      'agents.a.permissions.requireApproval "process"',
      'agents.b.tools.requireApproval "group:fs"',
      undefined,
    ])
    expect(gateOf(settings).needsApproval?.('read')).toBeUndefined()
  })
})

describe('permissions', () => {
  const gate = (permissions: object, sandbox: object = {}) =>
    gateOf({ agents: { list: [{ id: 'a', permissions, sandbox }] } })
  const allowedOf = (asked: ReturnType<typeof gate>) =>
    ['read', 'write', 'exec', 'process', 'web_fetch', 'message', 'mcp_anything'].filter(
      (tool) => asked.check(tool).allowed,
    )

  it('leave tools that only look, files as well, or all', () => {
    expect(allowedOf(gate({ mode: 'read_only' }))).toEqual(['read', 'web_fetch'])
    expect(allowedOf(gate({ mode: 'workspace' }))).toEqual(['read', 'write', 'web_fetch'])
    expect(allowedOf(gate({ mode: 'full' }))).toContain('mcp_anything')
  })

  it('leave commands under "workspace" where they reach nothing else', () => {
    expect(allowedOf(gate({ mode: 'workspace' }, { mode: 'all' }))).toEqual([
      'read',
      'write',
      'exec',
      'process',
    ])
  })

  it('may name the tools', () => {
    const asked = gate({ mode: 'workspace', operations: ['group:fs', 'exec'] })
    expect(allowedOf(asked)).toEqual(['read', 'write'])
    expect(ruleOf(asked, 'web_fetch')).toBe(
      'denied by agents.a.permissions.operations: not in allow',
    )
  })
})
