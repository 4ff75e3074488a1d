import type { Config } from '@junctor/config'
import { toolMatcher } from '@junctor/tool-policy'

type AgentConfig = Config['agents']['list'][number]

/** The rule for which a person has to approve each call of a tool: `tools.requireApproval "exec"`. Undefined: none. */
export type NeedsApproval = (tool: string) => string | undefined

export function needsApprovalOf(
  { tools }: Pick<Config, 'tools'>,
  { id, tools: own, permissions }: Pick<AgentConfig, 'id' | 'tools' | 'permissions'>,
): NeedsApproval {
  const lists = [
    { layer: 'tools', entries: tools.requireApproval ?? [] },
    { layer: `agents.${id}.tools`, entries: own.requireApproval ?? [] },
    { layer: `agents.${id}.permissions`, entries: permissions.requireApproval },
  ].map(({ layer, entries }) => ({
    layer,
    matches: toolMatcher(entries, { layer, list: 'requireApproval' }),
  }))
  return (tool) => {
    for (const { layer, matches } of lists) {
      const entry = matches(tool)
      if (entry !== undefined) return `${layer}.requireApproval "${entry}"`
    }
    return undefined
  }
}
