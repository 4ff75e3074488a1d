import { quote } from '../schema/reader.ts'
import type { CheckContext } from './check.ts'

/** Whom `subagents.allowAgents` names. */
export function checkSubagents({ input, agentIds, report, at }: CheckContext): void {
  const places = [
    { path: ['agents', 'defaults'], written: input.agents?.defaults },
    ...(input.agents?.list ?? []).map((written, index) => ({
      path: ['agents', 'list', index],
      written,
    })),
  ]
  for (const { path, written } of places)
    for (const [index, id] of (written?.subagents?.allowAgents ?? []).entries())
      if (!id.includes('*') && !agentIds.has(id))
        report.error(
          at([...path, 'subagents', 'allowAgents', index]),
          'UNKNOWN_AGENT',
          `there is no agent ${quote(id)}`,
          'list an agent of agents.list, or a pattern such as "team-*"',
        )
}
