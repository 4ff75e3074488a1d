import { GatewayError } from '../errors.ts'
import type { Causation } from '../internal/internal-message.ts'
import type { TurnCause } from '../turn-causes.ts'

/**
 * The causation of a message that a turn sends. Throws `TOO_MANY_HOPS` where it would be one hop too many: agents that call
 * each other in a circle stop there, over restarts and whatever the circle.
 */
export function nextHop(
  cause: Pick<TurnCause, 'causation' | 'messageId'>,
  most: number,
): Causation {
  const { rootId, hops } = cause.causation
  if (hops < most) return { rootId, parentId: cause.messageId, hops: hops + 1 }
  throw new GatewayError(
    'TOO_MANY_HOPS',
    `${hops} messages between agents have followed from message ${rootId}, as many as session.agentToAgent.maxHops allows. Not sent: end here, and answer with what you have.`,
  )
}
