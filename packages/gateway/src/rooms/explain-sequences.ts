import type { MessageReference, Store } from '@junctor/store'
import { isSameMessage, referenceOf, toJson } from '../envelopes.ts'
import type { Explanation } from '../explanation.ts'
import { placeText } from '../place-text.ts'
import { sequencesUnderWay } from './sequences.ts'

/** A message that an agent has, or has had. */
export interface KnownMessage {
  readonly agentId: string
  readonly reference: MessageReference
}

/**
 * What later agents of a broadcast in sequence wait for: the message, by the platform's id or as one of those that are known
 * already, is not in their mailbox yet.
 */
export async function explainSequences(
  store: Store,
  id: string,
  known: readonly KnownMessage[],
): Promise<readonly Explanation[]> {
  const explanations: Explanation[] = []
  for (const { envelope, steps } of await sequencesUnderWay(store)) {
    const reference = referenceOf(envelope)
    const have = known.filter((one) => isSameMessage(one.reference, reference))
    if (reference.nativeId !== id && have.length === 0) continue
    for (const [index, { route, verdict }] of steps.entries()) {
      const before = steps[index - 1]?.route.agentId
      const { agentId } = route
      if (before === undefined || have.some((one) => one.agentId === agentId)) continue
      const waits = `It waits for agent ${agentId}, whose turn comes when agent ${before} has ended with it.`
      explanations.push({
        id: reference.nativeId,
        outcome: 'waiting',
        summary: waits,
        steps: [
          {
            at: envelope.sentAt,
            step: 'received',
            text: `It came from ${placeText(reference)} as ${reference.nativeId}.`,
            details: toJson(reference),
          },
          {
            at: envelope.sentAt,
            step: 'admission',
            text: `Its sender may speak here: ${verdict.reason}.`,
            details: toJson(verdict),
          },
          {
            at: envelope.sentAt,
            step: 'mailbox',
            text: waits,
            details: { sequence: steps.map((step) => step.route.agentId) },
          },
        ],
      })
    }
  }
  return explanations
}
