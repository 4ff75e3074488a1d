export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

export type PeerKind = 'dm' | 'group' | 'channel'

/** The conversation partner as the platform names it. For a DM this is the person, otherwise the room. */
export interface Peer {
  readonly kind: PeerKind
  readonly id: string
}

/** Where a message lives, and where an answer to it goes. Structured, never a parsed string. */
export interface Address {
  readonly channel: string
  readonly accountId: string
  readonly peer: Peer
  readonly threadId?: string
}

export interface Sender {
  readonly id: string
  readonly name?: string
  /** The platform's handle without a leading `@`. */
  readonly username?: string
  readonly isBot: boolean
  /** True only for messages that this account itself sent. */
  readonly isSelf: boolean
}

/** A pointer that survives JSON. Bytes come from `Connection.download`. */
export interface Attachment {
  readonly kind: 'image' | 'audio' | 'video' | 'file'
  readonly ref: string
  readonly name?: string
  readonly mediaType?: string
  readonly sizeBytes?: number
}

/** Who a message calls by name, as the platform resolved it. */
export interface Mentions {
  /** The account itself was mentioned, or the message replies to one of its messages. */
  readonly self: boolean
  readonly ids: readonly string[]
}

/** A message that another one answers. */
export interface Reference {
  readonly nativeId: string
  readonly senderId?: string
  readonly text?: string
}

/** What every event carries: plain JSON, exactly what the platform said. */
export interface EnvelopeBase extends Address {
  /** The platform's id of this event, unique inside (channel, account, peer). Used to recognise duplicates. */
  readonly nativeId: string
  /** Rooms around the peer, nearest first: thread → room → category. */
  readonly parents?: readonly Peer[]
  readonly guildId?: string
  readonly teamId?: string
  /** Roles that the sender holds in the guild. */
  readonly roles?: readonly string[]
  readonly sender: Sender
  /** When the platform says it was sent, in milliseconds since 1970. */
  readonly sentAt: number
}

export interface MessageEnvelope extends EnvelopeBase {
  readonly type: 'message'
  readonly text: string
  readonly mentions: Mentions
  readonly replyTo?: Reference
  readonly attachments: readonly Attachment[]
  /**
   * The agent that the sender picked by id, on a surface where people may (`capabilities.agentChoice`).
   * Anywhere else the gateway ignores it: bindings decide.
   */
  readonly agentId?: string
}

/** One platform event. `edited` and `deleted` name the message they change by its `nativeId`. */
export type Envelope =
  | MessageEnvelope
  | (EnvelopeBase & { readonly type: 'edited'; readonly targetId: string; readonly text: string })
  | (EnvelopeBase & { readonly type: 'deleted'; readonly targetId: string })
  | (EnvelopeBase & {
      readonly type: 'reaction'
      readonly targetId: string
      readonly emoji: string
      readonly added: boolean
    })
