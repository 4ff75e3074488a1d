import type { NewDelivery } from './delivery.ts'
import type { AddressKey, InboxMessage, JsonValue } from './inbox.ts'

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
  /** How many first sends of earlier attempts may have left a message that nobody knows the id of. Default 0. */
  readonly lost?: number
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
  /**
   * `command`: no agent ran, the gateway carried out what the message told it. `restored`: no agent ran here, another program
   * had the conversation. Neither is counted as a turn of the session.
   */
  readonly outcome: 'answered' | 'silent' | 'failed' | 'command' | 'restored'
  readonly model: string
  readonly inputTokens: number
  readonly outputTokens: number
  /** Tools offered, denied and called; timings; errors. */
  readonly trace: JsonValue
}

/** What a write changes about its session. */
export interface SessionChange {
  /** Begin a conversation of this id: the counters start anew, and what was said before is not part of it. */
  readonly sessionId?: string
  /** Set these of the session's settings; null removes one. */
  readonly settings?: { readonly [name: string]: JsonValue }
}

/** Everything that one turn changes. Written in one transaction or not at all. */
export interface Commit {
  readonly turn: TurnRecord
  readonly transcript: readonly NewTranscriptMessage[]
  readonly deliveries: readonly NewDelivery[]
  /** The turn was told of the session's kept messages up to this `seq`: they go. */
  readonly kept?: number
  /** What becomes of the inbox messages that the lease covers. */
  readonly outcome: { readonly state: 'done' } | { readonly state: 'dead'; readonly reason: string }
  /** Applied before the transcript is appended. */
  readonly session?: SessionChange
}

/** How a message ends that no turn takes. `outcome` is its own. */
export interface Answer extends Commit {
  /**
   * End every unfinished message of the lane as `dead` with this reason, those of a running turn too: its lease is lost,
   * journal and draft are dropped.
   */
  readonly stop?: string
}

/** The unfinished part of a lane. */
export interface Backlog {
  /** In order of acceptance; `claimed` are those of the running turn. */
  readonly messages: readonly InboxMessage[]
  /** `once` calls that the running turn, or a lost attempt, had begun. */
  readonly calls: readonly JournaledCall[]
}

/** How much may wait in a lane. */
export interface Overflow {
  /** Messages that may wait, besides those that a turn has taken. */
  readonly mostWaiting: number
  /**
   * What becomes of one more. Only the first is answered; those that follow before the lane has accepted one again just end
   * with the outcome. Called inside of the write: it must return at once.
   */
  readonly answer: () => Commit
}
