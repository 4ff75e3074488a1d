import type { MessageEnvelope } from '@junctor/channel'
import type { AgentState, AgentStates, RouteFacts } from '@junctor/router'
import type { JsonValue } from '@junctor/store'
import { fieldOf } from './envelopes.ts'

/** What the router is told about a message besides where it came from. */
export function factsAbout(
  { text, sender }: MessageEnvelope,
  at: number,
  agentStates: AgentStates,
): RouteFacts {
  return { text, senderId: sender.id, at, agentStates }
}

/** The part of the facts that the envelope does not have. */
export function factsToJson({ at = 0, agentStates = new Map() }: RouteFacts): JsonValue {
  return { at, agentStates: Object.fromEntries(agentStates) }
}

/** The facts by which a stored message was routed. */
export function parseFacts(trace: JsonValue, envelope: MessageEnvelope): RouteFacts {
  const facts = fieldOf(trace, 'facts')
  const at = fieldOf(facts, 'at')
  const states = fieldOf(facts, 'agentStates')
  const entries = typeof states === 'object' && states !== null ? Object.entries(states) : []
  return factsAbout(
    envelope,
    typeof at === 'number' ? at : 0,
    new Map(entries as [string, AgentState][]),
  )
}
