import { describe, expect, test } from 'vitest'
import { defaultSandboxTools } from './catalogue.ts'
import { ToolPolicyError } from './errors.ts'
import type { ToolLayer, ToolPolicyOptions, ToolRules } from './layer.ts'
import { permissionTools, subagentTools } from './made-rules.ts'
import { compileToolPolicy } from './tool-policy.ts'

const allTools = [
  'exec process read write edit apply_patch image message browser canvas nodes cron gateway',
  'sessions_list sessions_history sessions_send sessions_spawn session_status agents_list',
  'memory_search memory_get web_search web_fetch weather',
].flatMap((line) => line.split(' '))

function allowed(rules: ToolRules, options?: ToolPolicyOptions): readonly string[] {
  const policy = compileToolPolicy([{ name: 'tools', ...rules }], options)
  return policy.filter(allTools.map((name) => ({ name }))).map(({ name }) => name)
}

function check(tool: string, ...layers: readonly ToolLayer[]) {
  return compileToolPolicy(layers).check(tool)
}

describe('without rules', () => {
  test.each<[string, readonly ToolLayer[]]>([
    ['no layer', []],
    ['an empty layer', [{ name: 'tools' }]],
    ['empty lists', [{ name: 'tools', allow: [], deny: [], alsoAllow: [] }]],
    ['alsoAllow alone', [{ name: 'tools', alsoAllow: ['read'] }]],
  ])('%s leaves every tool', (_name, layers) => {
    expect(check('weather', ...layers)).toEqual({ allowed: true })
  })
})

describe('lists', () => {
  test('a list of allowed tools lets nothing else through', () => {
    expect(allowed({ allow: ['read', 'weather'] })).toEqual(['read', 'weather'])
  })

  test('deny wins over allow, alsoAllow and profile', () => {
    const rules = {
      profile: 'coding',
      allow: ['exec'],
      alsoAllow: ['exec'],
      deny: ['exec'],
    } as const
    expect(check('exec', { name: 'tools', ...rules })).toEqual({
      allowed: false,
      layer: 'tools',
      rule: 'deny "exec"',
    })
  })

  test('alsoAllow adds to a profile and to an allow list', () => {
    expect(allowed({ profile: 'minimal', alsoAllow: ['read'] })).toEqual(['read', 'session_status'])
    expect(allowed({ allow: ['write'], alsoAllow: ['read'] })).toEqual(['read', 'write'])
  })

  test('names compare without case, and aliases mean their tool on both sides', () => {
    expect(allowed({ allow: ['Bash', 'apply-patch', ' READ '] })).toEqual([
      'exec',
      'read',
      'apply_patch',
    ])
    expect(check('bash', { name: 'tools', deny: ['exec'] }).allowed).toBe(false)
    expect(check('Apply-Patch', { name: 'tools', deny: ['group:fs'] }).allowed).toBe(false)
    expect(check('EXEC', { name: 'tools', deny: ['bash'] }).allowed).toBe(false)
  })

  test.each([
    ['sessions_*', ['sessions_list', 'sessions_history', 'sessions_send', 'sessions_spawn']],
    ['*_list', ['sessions_list', 'agents_list']],
    ['m*_*t', ['memory_get']],
    ['w*e*', ['write', 'web_search', 'web_fetch', 'weather']],
    ['cron*cron', []],
    ['m*sage*e', []],
    ['e.ec', []],
  ])('the pattern %s covers %j', (pattern, tools) => {
    expect(allowed({ allow: [pattern] })).toEqual(tools)
  })

  test('a star covers everything', () => {
    expect(allowed({ allow: ['*'] })).toEqual(allTools)
    expect(allowed({ deny: ['*'] })).toEqual([])
  })
})

describe('groups', () => {
  test.each([
    ['group:runtime', ['exec', 'process']],
    ['group:fs', ['read', 'write', 'edit', 'apply_patch']],
    [
      'group:sessions',
      ['sessions_list', 'sessions_history', 'sessions_send', 'sessions_spawn', 'session_status'],
    ],
    ['group:memory', ['memory_search', 'memory_get']],
    ['group:web', ['web_search', 'web_fetch']],
    ['group:ui', ['browser', 'canvas']],
    ['group:automation', ['cron', 'gateway']],
    ['group:messaging', ['message']],
    ['group:nodes', ['nodes']],
    ['Group:FS', ['read', 'write', 'edit', 'apply_patch']],
    ['group:all', allTools],
  ])('%s is %j', (group, tools) => {
    expect(new Set(allowed({ allow: [group] }))).toEqual(new Set(tools))
    expect(allowed({ deny: [group] })).toHaveLength(allTools.length - tools.length)
  })

  test('may be added', () => {
    const groups = { 'group:sky': ['weather'] }
    expect(allowed({ allow: ['group:sky'] }, { groups })).toEqual(['weather'])
  })
})

describe('profiles', () => {
  test.each([
    ['minimal', 'session_status'],
    ['messaging', 'message sessions_list sessions_history sessions_send session_status'],
    [
      'coding',
      'exec process read write edit apply_patch image sessions_list sessions_history sessions_send sessions_spawn session_status memory_search memory_get',
    ],
    ['full', allTools.join(' ')],
  ] as const)('%s is %s', (profile, tools) => {
    expect(allowed({ profile }).join(' ')).toBe(tools)
  })
})

describe('layers', () => {
  const global = { name: 'tools', allow: ['group:fs', 'exec'] }

  test('a later layer never gives back what an earlier one took', () => {
    const agent = { name: 'agents.a.tools', allow: ['browser', 'read'], alsoAllow: ['cron'] }
    const policy = compileToolPolicy([global, agent])
    expect(allTools.filter((tool) => policy.check(tool).allowed)).toEqual(['read'])
    expect(policy.check('cron')).toEqual({ allowed: false, layer: 'tools', rule: 'not in allow' })
  })

  test('the answer names the layer and the rule that decided', () => {
    const agent = { name: 'agents.a.tools', profile: 'coding', deny: ['group:runtime'] } as const
    expect(check('exec', global, agent)).toEqual({
      allowed: false,
      layer: 'agents.a.tools',
      rule: 'deny "group:runtime"',
    })
    expect(check('read', global, agent)).toEqual({
      allowed: true,
      layer: 'agents.a.tools',
      rule: 'profile "coding"',
    })
    expect(check('message', agent)).toEqual({
      allowed: false,
      layer: 'agents.a.tools',
      rule: 'not in profile "coding"',
    })
    expect(check('write', global)).toEqual({
      allowed: true,
      layer: 'tools',
      rule: 'allow "group:fs"',
    })
    expect(check('cron', { name: 'x', allow: ['read'], alsoAllow: ['cron'] }).rule).toBe(
      'alsoAllow "cron"',
    )
  })

  test('a sandbox has a default to lay on top', () => {
    const sandboxed = compileToolPolicy([{ name: 'sandbox', ...defaultSandboxTools }])
    expect(allTools.filter((tool) => sandboxed.check(tool).allowed).join(' ')).toBe(
      'exec process read write edit apply_patch image sessions_list sessions_history sessions_send sessions_spawn session_status',
    )
  })
})

describe('rules made for', () => {
  test('sub-agents take what reaches other sessions or outlives them, unless it is named', () => {
    const child = compileToolPolicy([{ name: 'subagents', ...subagentTools() }])
    const denied = allTools.filter((tool) => !child.check(tool).allowed)
    expect(denied.join(' ')).toBe(
      'cron gateway sessions_list sessions_history sessions_send sessions_spawn session_status agents_list',
    )
    const named = subagentTools({ alsoAllow: ['Sessions_List', 'group:sessions', '*'] })
    const wider = compileToolPolicy([{ name: 'subagents', ...named }])
    expect(wider.check('sessions_list').allowed).toBe(true)
    expect(wider.check('sessions_send').allowed).toBe(false)
  })

  test.each([
    ['read_only', false, 'read'],
    ['read_only', true, 'read'],
    ['workspace', false, 'read write edit apply_patch'],
    ['workspace', true, 'exec process read write edit apply_patch'],
    ['full', false, 'exec process read write edit apply_patch message unknown'],
  ] as const)('the mode %s (sandboxed: %s) leave %s', (mode, sandboxed, tools) => {
    const policy = compileToolPolicy([{ name: 'mode', ...permissionTools(mode, { sandboxed }) }])
    const some = 'exec process read write edit apply_patch message unknown'.split(' ')
    expect(some.filter((tool) => policy.check(tool).allowed).join(' ')).toBe(tools)
  })
})

describe('rules by provider', () => {
  const layer: ToolLayer = {
    name: 'tools',
    byProvider: { OpenAI: { deny: ['exec'] }, 'openai/gpt-5': { allow: ['read'] } },
  }

  test('apply to their provider alone', () => {
    const other = compileToolPolicy([layer], { model: 'anthropic/claude-haiku-4-5' })
    expect(other.check('exec')).toEqual({ allowed: true })
    const openai = compileToolPolicy([layer], { model: 'openai/gpt-4' })
    expect(openai.check('exec')).toEqual({
      allowed: false,
      layer: 'tools.byProvider.OpenAI',
      rule: 'deny "exec"',
    })
    expect(compileToolPolicy([layer], { model: 'openai' }).check('exec').allowed).toBe(false)
  })

  test('of one model replace those of its provider', () => {
    const policy = compileToolPolicy([layer], { model: 'openai/GPT-5' })
    expect(policy.check('write').layer).toBe('tools.byProvider.openai/gpt-5')
    expect(policy.check('read').allowed).toBe(true)
  })

  test('are refused where the model is not known', () => {
    expect(() => compileToolPolicy([layer])).toThrow(
      expect.objectContaining({ code: 'MODEL_REQUIRED' }),
    )
    expect(compileToolPolicy([{ name: 'tools', byProvider: {} }]).check('exec').allowed).toBe(true)
  })
})

describe('rules that would do something else than they say', () => {
  test.each<[string, ToolRules]>([
    ['UNKNOWN_GROUP', { deny: ['group:shell'] }],
    ['UNKNOWN_GROUP', { allow: ['group:__proto__'] }],
    ['BLANK_ENTRY', { allow: [' '] }],
    ['BLANK_ENTRY', { deny: [''] }],
    ['UNKNOWN_PROFILE', { profile: 'everything' as never }],
    ['UNKNOWN_PROFILE', { profile: '__proto__' as never }],
  ])('are refused with %s: %j', (code, rules) => {
    expect(() => allowed(rules)).toThrow(expect.objectContaining({ code, name: 'ToolPolicyError' }))
    expect(() => allowed(rules)).toThrow(ToolPolicyError)
  })

  test('are refused for a provider that is not in use too', () => {
    const layer = { name: 'tools', byProvider: { google: { deny: ['group:shell'] } } }
    expect(() => compileToolPolicy([layer], { model: 'openai' })).toThrow(
      /tools\.byProvider\.google\.deny/,
    )
  })
})
