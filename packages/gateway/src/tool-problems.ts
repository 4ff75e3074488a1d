import type { Config, ConfigCheck, ToolRules, ToolsConfig } from '@junctor/config'
import { compileToolPolicy, ToolPolicyError } from '@junctor/tool-policy'

type Path = readonly (string | number)[]

/** What only the tool policy can tell of a config. */
export const toolProblems: ConfigCheck = (config: Config) =>
  rulesOf(config).flatMap(({ path, rules, writtenAs }) => {
    try {
      compileToolPolicy([{ name: '', ...rules }])
      return []
    } catch (error) {
      if (!ToolPolicyError.isInstance(error)) throw error
      const { list, reason } = error.details
      return typeof list === 'string' && typeof reason === 'string'
        ? [{ path: [...path, writtenAs ?? list], message: reason }]
        : [{ path, message: error.message }]
    }
  })

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
    const { operations } = agent.permissions
    return [
      ...rulesIn(agent.tools, [...path, 'tools']),
      {
        path: [...path, 'permissions'],
        rules: { allow: operations },
        writtenAs: 'operations',
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
    ...Object.entries(byProvider).map(([key, rules]) => ({
      path: [...path, 'byProvider', key],
      rules,
    })),
  ]
  return [
    { path, rules: own },
    ...inner.flatMap(({ path: at, rules }) => (rules === undefined ? [] : [{ path: at, rules }])),
  ]
}
