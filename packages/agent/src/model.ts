import type { JsonValue, Message } from './message.ts'
import type { ToolSpec } from './tool.ts'

export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedInputTokens?: number
}

/** `end`: a complete answer. `tool-calls`: it waits for results. The others are complete but cut or refused. */
export type StopReason = 'end' | 'tool-calls' | 'max-tokens' | 'refusal'

export interface ModelRequest {
  readonly system: string
  readonly messages: readonly Message[]
  readonly tools: readonly ToolSpec[]
  /** `none`: the tools are named, since earlier messages call them, but may not be called. Default: as the model likes. */
  readonly toolChoice?: 'none'
  readonly maxOutputTokens: number
  /** Facts about the turn (`agentId`, `agentName`, `sessionKey`, `binding`, …). Real providers are never sent these. */
  readonly context: { readonly [key: string]: string }
}

/** A stream always ends with exactly one `done`; anything else is an error thrown by the iterator. */
export type ModelEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string; readonly signature?: string }
  | {
      readonly type: 'tool-call'
      readonly callId: string
      readonly name: string
      readonly input: JsonValue
    }
  | { readonly type: 'done'; readonly stopReason: StopReason; readonly usage: Usage }

/** One model of one provider, ready to be called. Text arrives in pieces; a tool call arrives whole. */
export interface Model {
  readonly spec: 'model-v1'
  /** `provider/model`. */
  readonly id: string
  /**
   * Throws `ModelError`. Aborting `signal` ends the stream at once with `ABORTED`. A provider that goes silent, cuts the
   * stream or ends it without its terminal event is an error, never an answer.
   */
  stream(request: ModelRequest, options: ModelCallOptions): AsyncIterable<ModelEvent>
}

export interface ModelCallOptions {
  readonly signal: AbortSignal
  /** Told what a reader of the turn should know of the call, such as whose key it was made with. Never secrets. */
  readonly note?: (text: string) => void
}
