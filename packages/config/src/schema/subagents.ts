import { defaultSubagents } from '../defaults/default-values.ts'
import type { SubagentsConfig } from '../subagents-config.ts'
import { glob } from './agent-to-agent.ts'
import { list } from './collections.ts'
import { object } from './object.ts'
import { described, type Reader } from './reader.ts'
import { text, wholeNumber } from './scalars.ts'

export const subagents: Reader<Partial<SubagentsConfig>> = object(
  {},
  {
    maxConcurrent: described(
      wholeNumber(1),
      'Sub-agents of the agent that work at the same time.',
      defaultSubagents.maxConcurrent,
    ),
    maxDepth: described(
      wholeNumber(0, 10),
      'How deep sub-agents may start further ones; 0 for none at all.',
      defaultSubagents.maxDepth,
    ),
    model: described(text(), '"provider/model" or an alias for them. Default: that of the agent.'),
    archiveAfterMinutes: described(
      wholeNumber(0, 525_600),
      'When one that has ended is no longer shown; 0 for never.',
      defaultSubagents.archiveAfterMinutes,
    ),
    allowAgents: described(
      list(glob),
      'Other agents, or patterns, that it may start besides itself.',
    ),
  },
)
