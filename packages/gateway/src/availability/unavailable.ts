import type { UnavailableState } from '@junctor/router'
import { GatewayError, type GatewayErrorCode } from '../errors.ts'
import type { AgentCondition } from './availability.ts'

/** How the reason of a message begins that another agent has got. */
export const HANDED_OVER = 'handed over to agent'

const codes: Readonly<Record<UnavailableState, GatewayErrorCode>> = {
  paused: 'AGENT_PAUSED',
  'over-budget': 'OVER_BUDGET',
  failing: 'AGENT_FAILING',
}

/** `agent "home" is paused: we move house` */
export function whyUnavailable(agentId: string, { state, reason }: AgentCondition): string {
  return `agent "${agentId}" is ${state}${reason === undefined ? '' : `: ${reason}`}`
}

/** What ends a message that nobody can answer now. */
export function unavailableError(
  agentId: string,
  state: UnavailableState,
  condition: AgentCondition,
): GatewayError {
  const { reason, until } = condition
  return new GatewayError(codes[state], `${whyUnavailable(agentId, condition)}.`, {
    details: {
      ...(reason === undefined ? {} : { reason }),
      ...(until === undefined ? {} : { until }),
    },
  })
}
