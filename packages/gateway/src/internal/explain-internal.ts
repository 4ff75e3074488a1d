import type { InboxMessage } from '@junctor/store'
import { toJson } from '../envelopes.ts'
import type { ExplanationStep } from '../explanation.ts'
import { placeText } from '../place-text.ts'
import { describeOrigin, type InternalMessage } from './internal-message.ts'

/** How a message came about that no channel brought. */
export function internalSteps(
  { origin, causation, answerTo }: InternalMessage,
  { acceptedAt: at, reference }: InboxMessage,
): readonly ExplanationStep[] {
  const cause =
    causation === undefined
      ? 'No other message caused it.'
      : `Message ${causation.parentId} caused it; it all began with ${causation.rootId}, ${causation.hops} ${causation.hops === 1 ? 'hop' : 'hops'} ago.`
  const goal =
    answerTo === undefined
      ? 'Its answer is sent to nobody: it stands in the transcript, and whoever waits is told.'
      : `Its answer goes to ${placeText(answerTo.address)}.`
  return [
    {
      at,
      step: 'received',
      text: `It came from ${describeOrigin(origin)}, through no channel. ${cause}`,
      details: toJson({ origin, causation, key: reference.nativeId }),
    },
    { at, step: 'routing', text: `It was addressed to this session. ${goal}`, details: null },
  ]
}
