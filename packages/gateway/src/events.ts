import type { Health, Logger } from '@junctor/channel'
import type { EventEmitter } from 'eventemitter3'

export interface MessageFacts {
  readonly messageId: string
  readonly channel: string
  readonly accountId: string
  readonly agentId: string
  readonly sessionKey: string
}

export interface TurnFacts {
  readonly turnId: string
  readonly agentId: string
  readonly sessionKey: string
}

export interface DeliveryFacts {
  readonly deliveryId: string
  readonly agentId: string
  readonly sessionKey: string
  readonly messageId?: string
}

/** What a gateway tells whoever listens, by event name. Listeners run synchronously. */
export interface GatewayEvents {
  'message:accepted': (facts: MessageFacts) => void
  'message:refused': (facts: {
    readonly messageId: string
    readonly channel: string
    readonly accountId: string
    readonly reason: string
  }) => void
  'turn:started': (facts: TurnFacts) => void
  /** `text` is everything that the current model call has written; it starts anew after tools have run. */
  'turn:text': (facts: TurnFacts & { readonly delta: string; readonly text: string }) => void
  'turn:tool-started': (
    facts: TurnFacts & { readonly callId: string; readonly name: string },
  ) => void
  'turn:tool-ended': (
    facts: TurnFacts & { readonly callId: string; readonly name: string; readonly status: string },
  ) => void
  'turn:ended': (
    facts: TurnFacts & {
      readonly outcome: string
      /** Of the error, where it failed. */
      readonly code?: string
      readonly durationMs: number
    },
  ) => void
  'delivery:sent': (facts: DeliveryFacts & { readonly nativeId: string }) => void
  'delivery:unknown': (facts: DeliveryFacts & { readonly error: string }) => void
  'delivery:failed': (facts: DeliveryFacts & { readonly error: string }) => void
  'account:health': (facts: {
    readonly channel: string
    readonly accountId: string
    readonly health: Health
  }) => void
  'config:reloaded': (facts: {
    readonly revision: string
    readonly changes: readonly string[]
  }) => void
}

/** Where the parts of a gateway tell what happens. */
export type EventSink = Pick<EventEmitter<GatewayEvents>, 'emit'>

/** Nobody who listens can break a turn: what a listener throws is logged. */
export function createEventSink(emitter: EventEmitter<GatewayEvents>, log: Logger): EventSink {
  return {
    emit(event, ...facts) {
      try {
        return emitter.emit(event, ...facts)
      } catch (error) {
        log.error({ event, error: String(error) }, `a listener of ${event} failed`)
        return true
      }
    },
  }
}
