/** What the process with the Telegram server is asked to do. */
export interface LoadOrder {
  readonly token: string
  /** How many people write at the same time. Each writes again once the answer is there. */
  readonly chats: number
  /** Id of the first person; the others follow. */
  readonly firstChat: number
  readonly durationMs: number
}

export interface Load {
  readonly answered: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p95Ms: number
}

export type LoadReport =
  | { readonly type: 'ready'; readonly url: string }
  | ({ readonly type: 'done' } & Load)
  | { readonly type: 'failed'; readonly error: string }
