import type { AgentRuntimeConfig } from '../config.ts'
import { defaultAgentRuntime } from '../defaults/default-values.ts'
import { object } from './object.ts'
import { described, type Reader } from './reader.ts'
import { oneOf, wholeNumber } from './scalars.ts'

export const agentRuntime: Reader<Partial<AgentRuntimeConfig>> = object(
  {},
  {
    isolation: described(
      oneOf('inline', 'process'),
      'Whether the turns run in the gateway, or in a process of the agent.',
      defaultAgentRuntime.isolation,
    ),
    memoryMb: described(
      wholeNumber(32, 1_048_576),
      'Heap of that process, in MiB.',
      defaultAgentRuntime.memoryMb,
    ),
  },
)
