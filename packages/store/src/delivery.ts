import type { AddressKey, JsonValue } from './inbox.ts'

/**
 * `pending → sending → sent | unknown | failed`. `unknown`: the platform may have taken it, nobody noted the answer.
 */
export type DeliveryState = 'pending' | 'sending' | 'sent' | 'unknown' | 'failed'

/** One platform message to be. Its `id` is the idempotency key. */
export interface NewDelivery {
  readonly id: string
  readonly address: AddressKey
  /** The outbound message. */
  readonly body: JsonValue
  /** The inbox message it answers. */
  readonly messageId?: string
  /** Native id of a draft that this delivery turns into the final text, instead of posting anew. */
  readonly editOf?: string
  /** How often a draft of it was sent without anybody knowing what became of it. Default 0. */
  readonly unknowns?: number
}

export interface Delivery extends NewDelivery {
  readonly sessionKey: string
  readonly turnId: string
  readonly state: DeliveryState
  readonly attempts: number
  /** How often its outcome, or that of a draft of it, was unknown after a crash or a cut. */
  readonly unknowns: number
  readonly createdAt: number
  readonly sentAt?: number
  readonly nativeId?: string
  /** Why the last attempt did not end in `sent`. */
  readonly error?: string
}

export type DeliveryOutcome =
  | { readonly state: 'sent'; readonly nativeId: string; readonly sentAt: number }
  | { readonly state: 'pending'; readonly retryAt: number; readonly error: string }
  /** With `resendAt` it is counted as unknown and becomes `pending` again, due from then on, in the same write. */
  | { readonly state: 'unknown'; readonly error: string; readonly resendAt?: number }
  | { readonly state: 'failed'; readonly error: string }
