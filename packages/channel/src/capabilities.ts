/** Facts about a platform. Data, so that a config check or a table in the docs can read them without a connection. */
export interface Capabilities {
  /** Longest text of one message, in UTF-16 code units, after formatting. The gateway splits longer answers. */
  readonly maxTextLength: number
  readonly threads: boolean
  readonly files: { readonly maxBytes: number } | false
  /**
   * Whether a sent message can be changed, how often at most, and for how long after it was sent. `drafts` is false where an
   * edit is too loud to show an answer that is still being written: then answers are posted whole.
   */
  readonly edit:
    | { readonly minIntervalMs: number; readonly windowMs?: number; readonly drafts?: false }
    | false
  /**
   * Messages can be shown while they grow, where the platform allows it, and how often something may be added. Needs
   * `edit`. Left out: false.
   */
  readonly stream?: { readonly minIntervalMs: number } | false
  readonly remove: boolean
  readonly reactions: boolean
  /** How long a typing sign stays up before it must be renewed. */
  readonly typing: { readonly ttlMs: number } | false
  /** The platform itself refuses a second message with the same idempotency key. */
  readonly idempotentSend: boolean
  /** People on this surface are authenticated by the gateway and may pick the agent themselves. */
  readonly agentChoice?: boolean
}
