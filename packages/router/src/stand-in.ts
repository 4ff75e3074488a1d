import { isUnavailable, stateOf, type AgentStates } from './agent-state.ts'
import type { StandIn } from './router-contract.ts'

/** The agent itself where it can answer, else the first of `chain` that can and is not in `taken`. */
export function standInFor(
  agentId: string,
  chain: readonly string[],
  states: AgentStates,
  taken?: ReadonlySet<string>,
): StandIn {
  const state = stateOf(states, agentId)
  if (!isUnavailable(state)) return { agentId }
  const found = chain.find((id) => !isUnavailable(stateOf(states, id)) && taken?.has(id) !== true)
  if (found === undefined) return { agentId, unavailable: state }
  return { agentId: found, insteadOf: { agentId, state } }
}
