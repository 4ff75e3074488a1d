import type { Address } from '@junctor/channel'

/** One conversation of the fleet as the people in it see it. */
export interface Conversation {
  /** Unique. Whatever is said in it begins with it. */
  readonly name: string
  /** Who is to answer, by the bindings. */
  readonly agentId: string
  readonly address: Address
  say(text: string): void
  /** What the right account wrote here, oldest first. */
  answers(): readonly string[]
}

/** One platform of the fleet: a server, what the config says about it, and what goes on there. */
export interface Fleet {
  /** Its part of the config's `channels`. */
  readonly channel: object
  readonly bindings: readonly object[]
  readonly conversations: readonly Conversation[]
  /** Whether a message that is sent again is not shown again. */
  readonly isIdempotent: boolean
  /** Whether each account is connected. */
  isOnline(): boolean
  /** How many messages were written anywhere else than in the conversations. */
  strays(): number
  /** Whether the platform has nothing left to tell. */
  isSettled(): boolean
  stop(): Promise<void>
}

/** Everybody is answered, also in rooms without being called. */
export const access = {
  dmPolicy: 'open',
  groupPolicy: 'open',
  groups: { '*': { requireMention: false } },
} as const

export function shownIn(conversations: readonly Conversation[]): number {
  return conversations.reduce((sum, { answers }) => sum + answers().length, 0)
}

export function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}
