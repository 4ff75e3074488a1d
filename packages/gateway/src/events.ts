import type { Health } from '@junctor/channel'

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

/** What a gateway tells whoever listens, by event name. Listeners run synchronously and must not throw. */
export interface GatewayEvents {
  'message:accepted': (facts: MessageFacts) => void
  'message:refused': (facts: {
    readonly messageId: string
    readonly channel: string
    readonly accountId: string
    readonly reason: string
  }) => void
  'turn:started': (facts: TurnFacts) => void
  'turn:ended': (
    facts: TurnFacts & { readonly outcome: string; readonly durationMs: number },
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
