import type { JsonValue } from '@junctor/store'

/** One thing that happened to a message, in order. */
export interface ExplanationStep {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly step: 'received' | 'admission' | 'routing' | 'mailbox' | 'turn' | 'tool' | 'delivery'
  /** A whole sentence for people. */
  readonly text: string
  readonly details: JsonValue
}

/** The whole story of one message. */
export interface Explanation {
  readonly id: string
  readonly outcome:
    | 'refused'
    | 'waiting'
    | 'working'
    | 'answered'
    | 'silent'
    | 'failed'
    | 'handed-over'
    | 'delivering'
    | 'undelivered'
  readonly summary: string
  readonly steps: readonly ExplanationStep[]
}
