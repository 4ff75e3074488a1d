import { quote } from '../schema/reader.ts'
import type { CheckContext } from './check.ts'

/** Whom `nodes.<name>.agents` names. */
export function checkNodes({ config, agentIds, report, at }: CheckContext): void {
  for (const [name, { agents }] of Object.entries(config.nodes))
    for (const [index, id] of agents.entries()) {
      if (id.includes('*') || agentIds.has(id)) continue
      report.error(
        at(['nodes', name, 'agents', index]),
        'UNKNOWN_AGENT',
        `there is no agent ${quote(id)}`,
        'list an agent of agents.list, or a pattern such as "team-*"',
      )
    }
}
