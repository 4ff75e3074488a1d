import { quote } from '../schema/reader.ts'
import type { CheckContext } from './check.ts'

/** Whom `tools.agentToAgent.allow` names. */
export function checkAgentToAgent({ config, agentIds, report, at }: CheckContext): void {
  const { enabled, allow } = config.tools.agentToAgent
  const path = ['tools', 'agentToAgent']
  if (enabled && allow.length === 0)
    report.warning(
      at([...path, 'enabled']),
      'NO_EFFECT',
      'agents may reach each other, but no agent is allowed to: an empty allow is nobody',
      'list the agents in allow',
    )
  for (const [index, rule] of allow.entries())
    for (const id of typeof rule === 'string' ? [rule] : [rule.from, rule.to]) {
      if (id.includes('*') || agentIds.has(id)) continue
      report.error(
        at([...path, 'allow', index]),
        'UNKNOWN_AGENT',
        `there is no agent ${quote(id)}`,
        'list an agent of agents.list, or a pattern such as "team-*"',
      )
    }
}
