import type { Capabilities, MessageEnvelope } from '@junctor/channel'
import type { QueueConfig } from '@junctor/config'
import type { Overflow } from '@junctor/store'
import { commandTurn } from './command-turn.ts'
import { composeDeliveries } from './delivery/compose.ts'
import { addressOf } from './envelopes.ts'
import type { NewId } from './ids.ts'

export interface OverflowOptions {
  readonly agentId: string
  readonly envelope: MessageEnvelope
  readonly messageId: string
  readonly capabilities: Capabilities
  readonly newId: NewId
  readonly now: () => number
}

/** What becomes of a message when too many wait in its session: it is refused, and the person told, once for all that follow. */
export function overflowOf(
  { cap }: QueueConfig,
  options: OverflowOptions,
): Overflow & { readonly reason: string } {
  const reason = `${cap} messages wait in this session already, as many as messages.queue.cap allows`
  return {
    mostWaiting: cap,
    reason,
    answer() {
      const { envelope, agentId, messageId, capabilities, newId, now } = options
      return {
        turn: commandTurn(newId('turn'), now(), { refused: reason }),
        transcript: [],
        deliveries: composeDeliveries({
          text: `⚠️ I did not take this message: ${cap} others wait here for an answer already. Please send it again once I have caught up.`,
          agentId,
          address: addressOf(envelope),
          capabilities,
          newId,
          messageId,
          ...(envelope.peer.kind === 'dm' ? {} : { replyTo: envelope.nativeId }),
        }),
        outcome: { state: 'dead', reason },
      }
    },
  }
}
