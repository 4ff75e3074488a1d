export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/** Where a message came from, or where an answer goes. All ids exactly as the platform gave them. */
export interface AddressKey {
  readonly channel: string
  readonly accountId: string
  readonly peer: { readonly kind: 'dm' | 'group' | 'channel'; readonly id: string }
  readonly threadId?: string
}

/** Names one platform message. Unique per agent on (channel, accountId, peer, nativeId); the thread does not count. */
export interface MessageReference extends AddressKey {
  readonly nativeId: string
}

export interface NewMessage {
  /** Ours, unique everywhere: what a person passes to `why`. */
  readonly id: string
  readonly reference: MessageReference
  readonly sessionKey: string
  /** The envelope, as it came. */
  readonly body: JsonValue
  /** How admission and routing decided. */
  readonly trace: JsonValue
  /** No turn takes it together with another message. */
  readonly alone?: true
}

/** A message that was kept for a turn to know of. */
export interface KeptMessage extends Omit<NewMessage, 'trace'> {
  /** Grows with every message that is kept. */
  readonly seq: number
  readonly keptAt: number
}

export type InboxState = 'pending' | 'claimed' | 'done' | 'dead'

export interface InboxMessage extends NewMessage {
  readonly state: InboxState
  /** How often a turn has begun with it, apart from releases that do not count. 0 while it has never been claimed. */
  readonly attempt: number
  /** Milliseconds since 1970, like every time in this contract. */
  readonly acceptedAt: number
  /** The turn that consumed it. */
  readonly turnId?: string
  /** Why it is `dead`, or why the last attempt was given back. */
  readonly reason?: string
}
