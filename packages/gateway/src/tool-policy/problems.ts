import {
  nearest,
  type Config,
  type ConfigCheck,
  type Finding,
  type ToolRules,
  type ToolsConfig,
} from '@junctor/config'
import { compileToolPolicy, knownTools, meansNothing, ToolPolicyError } from '@junctor/tool-policy'

type Path = readonly (string | number)[]

/** What only the tool policy can tell of a config. */
export const toolProblems: ConfigCheck = (config: Config, originOf) => {
  const isWritten = (path: Path): boolean => originOf(path) !== undefined
  const told = new Set<readonly string[]>()
  const servers = serversOf(config)
  return rulesOf(config).flatMap((placed) => {
    const { path, rules, writtenAs } = placed
    try {
      compileToolPolicy([{ name: '', ...rules }])
      return unknownTools(placed, isWritten, told, servers)
    } catch (error) {
      if (!ToolPolicyError.isInstance(error)) throw error
      const { list, reason } = error.details
      return typeof list === 'string' && typeof reason === 'string'
        ? [{ path: [...path, writtenAs ?? list], message: reason }]
        : [{ path, message: error.message }]
    }
  })
}

/** Names that no tool has: the rules hold, but not for what their author had in mind. */
function unknownTools(
  { path, rules, writtenAs }: PlacedRules,
  isWritten: (path: Path) => boolean,
  told: Set<readonly string[]>,
  servers: ReadonlySet<string>,
): readonly Finding[] {
  return (['allow', 'alsoAllow', 'deny'] as const).flatMap((list) => {
    const entries = rules[list] ?? []
    // A list that several agents or accounts inherit is one list.
    if (told.has(entries)) return []
    told.add(entries)
    const own = [...path, writtenAs ?? list]
    const place = isWritten(own) ? own : inheritedFrom(own)
    return entries.flatMap((entry, index): readonly Finding[] => {
      if (!meansNothing(entry) || isOfServer(entry, servers)) return []
      const name = nearest(entry.trim().toLowerCase(), knownTools)
      const effect = list === 'deny' ? 'denies' : 'allows'
      return [
        {
          path: [...place, index],
          warning: 'UNKNOWN_TOOL',
          message: `there is no tool ${JSON.stringify(entry)}, so this ${effect} nothing`,
          hint: name === undefined ? 'remove it' : `did you mean ${JSON.stringify(name)}?`,
        },
      ]
    })
  })
}

function serversOf({ tools, agents }: Config): ReadonlySet<string> {
  const all = [tools, ...agents.list.map((agent) => agent.tools)]
  return new Set(all.flatMap(({ mcp = {} }) => Object.keys(mcp)))
}

/** Which tools an MCP server has is not known before it runs. */
function isOfServer(entry: string, servers: ReadonlySet<string>): boolean {
  const [server = '', tool] = entry.trim().toLowerCase().split('__')
  return tool !== undefined && (servers.has(server) || server.includes('*'))
}

/** Where a setting stands that an agent has from all agents, or an account from its channel. */
function inheritedFrom(path: Path): Path {
  const [section, name] = path
  return section === 'agents'
    ? ['agents', 'defaults', ...path.slice(3)]
    : section === 'channels' && name !== undefined
      ? ['channels', name, ...path.slice(4)]
      : path
}

/** Throws `ToolPolicyError` for rules that would do something else than they say, wherever they stand. */
export function refuseBadRules(config: Config): void {
  for (const { path, rules } of rulesOf(config))
    compileToolPolicy([{ name: path.join('.'), ...rules }])
}

interface PlacedRules {
  readonly path: Path
  readonly rules: ToolRules
  /** What the file calls the list. */
  readonly writtenAs?: string
}

function rulesOf({ tools, agents, channels }: Config): readonly PlacedRules[] {
  const ofRooms = Object.entries(channels).flatMap(([channel, accounts]) =>
    Object.entries(accounts).flatMap(([accountId, { groups }]) =>
      Object.entries(groups).flatMap(([room, { tools: rules }]) => {
        const path = ['channels', channel, 'accounts', accountId, 'groups', room, 'tools']
        return rules === undefined ? [] : [{ path, rules }]
      }),
    ),
  )
  const ofAgents = agents.list.flatMap((agent, index): readonly PlacedRules[] => {
    const path = ['agents', 'list', index]
    const { operations, requireApproval } = agent.permissions
    return [
      ...rulesIn(agent.tools, [...path, 'tools']),
      {
        path: [...path, 'permissions'],
        rules: { allow: operations },
        writtenAs: 'operations',
      },
      {
        path: [...path, 'permissions'],
        rules: { allow: requireApproval },
        writtenAs: 'requireApproval',
      },
    ]
  })
  return [...rulesIn(tools, ['tools']), ...ofAgents, ...ofRooms]
}

function rulesIn(tools: ToolsConfig, path: Path): readonly PlacedRules[] {
  const { byProvider = {}, sandbox, subagents, ...own } = tools
  const inner = [
    { path: [...path, 'sandbox', 'tools'], rules: sandbox?.tools },
    { path: [...path, 'subagents', 'tools'], rules: subagents?.tools },
    { path, rules: { allow: Object.keys(tools.throttle ?? {}) }, writtenAs: 'throttle' },
    { path, rules: { allow: tools.requireApproval ?? [] }, writtenAs: 'requireApproval' },
    ...Object.entries(byProvider).map(([key, rules]) => ({
      path: [...path, 'byProvider', key],
      rules,
    })),
  ]
  return [
    { path, rules: own },
    ...inner.flatMap(({ rules, ...placed }) => (rules === undefined ? [] : [{ ...placed, rules }])),
  ]
}
