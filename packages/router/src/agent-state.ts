/**
 * What an agent is able to do now, as its gateway says: `busy` takes as many turns as it may at once, and answers after
 * them; under `paused`, `over-budget` and `failing` it answers nothing. An agent has one state: the first that is true of
 * `paused`, `over-budget`, `failing`, `busy`, `available`.
 */
export type AgentState = 'available' | 'busy' | UnavailableState

/** States in which another agent stands in. */
export type UnavailableState = 'paused' | 'over-budget' | 'failing'

/** Agents that are not named are available. */
export type AgentStates = ReadonlyMap<string, AgentState>

export const agentStates: readonly AgentState[] = [
  'available',
  'busy',
  'paused',
  'over-budget',
  'failing',
]

export function stateOf(states: AgentStates | undefined, agentId: string): AgentState {
  return states?.get(agentId) ?? 'available'
}

export function isUnavailable(state: AgentState): state is UnavailableState {
  return state !== 'available' && state !== 'busy'
}
