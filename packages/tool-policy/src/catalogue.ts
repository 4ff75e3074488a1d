import type { PermissionMode, ToolRules } from './layer.ts'

const sessions = [
  'sessions_list',
  'sessions_history',
  'sessions_send',
  'sessions_spawn',
  'session_status',
]

export const builtInGroups: Readonly<Record<string, readonly string[]>> = {
  'group:all': ['*'],
  'group:runtime': ['exec', 'process'],
  'group:fs': ['read', 'write', 'edit', 'apply_patch'],
  'group:sessions': sessions,
  'group:memory': ['memory_search', 'memory_get'],
  'group:web': ['web_search', 'web_fetch'],
  'group:ui': ['browser', 'canvas'],
  'group:automation': ['cron', 'gateway'],
  'group:messaging': ['message'],
  'group:nodes': ['nodes'],
}

export const profiles: ReadonlyMap<string, readonly string[]> = new Map([
  ['minimal', ['session_status']],
  ['coding', ['group:fs', 'group:runtime', 'group:sessions', 'group:memory', 'image']],
  [
    'messaging',
    ['group:messaging', 'sessions_list', 'sessions_history', 'sessions_send', 'session_status'],
  ],
  ['full', ['*']],
])

const aliases: ReadonlyMap<string, string> = new Map([
  ['bash', 'exec'],
  ['apply-patch', 'apply_patch'],
])

/** The name under which policies know a tool. */
export function canonicalName(name: string): string {
  const plain = name.trim().toLowerCase()
  return aliases.get(plain) ?? plain
}

/** What a sandboxed agent may use when its configuration does not say. */
export const defaultSandboxTools: ToolRules = {
  allow: ['group:runtime', 'group:fs', 'attachment', 'image', 'sessions_*', 'session_status'],
  deny: ['browser', 'canvas', 'nodes', 'cron', 'gateway', 'channels'],
}

/** What a sub-agent may use when its configuration does not say: nothing that reaches other sessions or outlives it. */
export const defaultSubagentTools: ToolRules = {
  deny: [...sessions, 'agents_list', 'cron', 'gateway'],
}

const lookers =
  'read image session_status sessions_list sessions_history agents_list memory_search memory_get web_search web_fetch'.split(
    ' ',
  )

/** What each mode lets pass. A tool that nobody here knows may do anything, so only `full` has it. */
export const modeTools: Readonly<Record<PermissionMode, readonly string[]>> = {
  read_only: lookers,
  workspace: [...lookers, 'group:fs', 'attachment'],
  full: ['*'],
}

/** Every tool that these lists know of. */
export const toolNames: ReadonlySet<string> = new Set(
  [
    ...Object.values(builtInGroups),
    ...profiles.values(),
    defaultSandboxTools.deny ?? [],
    defaultSandboxTools.allow ?? [],
    defaultSubagentTools.deny ?? [],
    lookers,
  ]
    .flat()
    .filter((name) => !name.startsWith('group:') && !name.includes('*')),
)
