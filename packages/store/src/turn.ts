import type { NewDelivery } from './delivery.ts'
import type { AddressKey, JsonValue } from './inbox.ts'

/** A call of a tool that must not run twice, written down before it ran. */
export interface JournaledCall {
  readonly callId: string
  readonly name: string
  readonly input: JsonValue
  /** Present once the call had ended. */
  readonly result?: { readonly status: 'ok' | 'error'; readonly output: string }
}

/** A message that shows an answer while it is being written. `nativeId` is missing while its first send is under way. */
export interface Draft {
  readonly address: AddressKey
  readonly nativeId?: string
}

export interface NewTranscriptMessage {
  readonly role: 'user' | 'assistant' | 'tool'
  /** Provider-neutral parts, see `@junctor/agent`. */
  readonly parts: readonly JsonValue[]
  /** The inbox message that a `user` row came from. */
  readonly messageId?: string
}

/** One run of the agent. */
export interface TurnRecord {
  readonly id: string
  readonly startedAt: number
  readonly endedAt: number
  readonly outcome: 'answered' | 'silent' | 'failed'
  readonly model: string
  readonly inputTokens: number
  readonly outputTokens: number
  /** Tools offered, denied and called; timings; errors. */
  readonly trace: JsonValue
}

/** Everything that one turn changes. Written in one transaction or not at all. */
export interface Commit {
  readonly turn: TurnRecord
  readonly transcript: readonly NewTranscriptMessage[]
  readonly deliveries: readonly NewDelivery[]
  /** What becomes of the inbox messages that the lease covers. */
  readonly outcome: { readonly state: 'done' } | { readonly state: 'dead'; readonly reason: string }
}
