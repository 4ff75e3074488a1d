export interface OutboundFile {
  readonly name: string
  readonly mediaType: string
  readonly data: () => ReadableStream<Uint8Array>
}

export interface Outbound {
  readonly text: string
  /** `markdown` is CommonMark as models write it; the channel turns it into what its platform shows. */
  readonly format: 'plain' | 'markdown'
  /** The agent that speaks, for surfaces that show it. */
  readonly agentId?: string
  /** Native id of the message this one answers. */
  readonly replyTo?: string
  readonly files?: readonly OutboundFile[]
}

export interface Sent {
  /** The platform's id of the new message. */
  readonly nativeId: string
  /** Milliseconds since 1970. */
  readonly sentAt: number
}

export interface TypingOptions {
  /** Native id of the message that is being answered, for platforms that show the sign beside it. */
  readonly replyTo?: string
  readonly signal: AbortSignal
}

export interface SendOptions {
  /** Same key, same message: a retry must not post twice where the platform can tell (`capabilities.idempotentSend`). */
  readonly idempotencyKey: string
  readonly signal: AbortSignal
}
