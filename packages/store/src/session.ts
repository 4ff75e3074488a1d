import type { Delivery } from './delivery.ts'
import type { InboxMessage, JsonValue } from './inbox.ts'
import type { NewTranscriptMessage, TurnRecord } from './turn.ts'

export interface Session {
  readonly sessionKey: string
  /** The current conversation inside the key: `session_<uuid>`. */
  readonly sessionId: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly turns: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** That answered last. */
  readonly model?: string
  /** What people set for this session, see `SessionChange`. The store does not read it. */
  readonly settings: { readonly [name: string]: JsonValue }
}

export interface TranscriptMessage extends NewTranscriptMessage {
  /** Grows by acceptance; unique in the agent's store. */
  readonly seq: number
  readonly sessionKey: string
  readonly turnId: string
  readonly at: number
}

/** A conversation that another program had, to be gone on with here. */
export interface PastConversation {
  readonly sessionKey: string
  /** Becomes the id of the turn that all of it is written under; the same id is restored once. */
  readonly id: string
  /** When it began, and when somebody last said something. */
  readonly createdAt: number
  readonly updatedAt: number
  /** That answered last. */
  readonly model?: string
  /** In order. */
  readonly messages: readonly (NewTranscriptMessage & { readonly at: number })[]
  /** How many of the messages, the first ones, are no part of the current conversation any more. Default: 0. */
  readonly ended?: number
  /** Where it comes from. */
  readonly trace: JsonValue
}

/** What one conversation partner saw, in order: messages taken from them and messages sent to them. */
export type ConversationEntry =
  | { readonly type: 'in'; readonly at: number; readonly message: InboxMessage }
  | { readonly type: 'out'; readonly at: number; readonly delivery: Delivery }

/** Everything the store knows about one message. */
export interface Story {
  readonly message: InboxMessage
  readonly turns: readonly TurnRecord[]
  readonly deliveries: readonly Delivery[]
}

export interface Counts {
  readonly inbox: { readonly [State in InboxMessage['state']]: number }
  readonly outbox: { readonly [State in Delivery['state']]: number }
  /** Deliveries whose outcome was ever unknown, whatever became of them. */
  readonly unknownDeliveries: number
  readonly sessions: number
}

/** What a deletion removed, in rows. */
export interface Removed {
  readonly messages: number
  readonly transcript: number
  readonly turns: number
  readonly deliveries: number
  readonly sessions: number
  readonly tables: number
}
