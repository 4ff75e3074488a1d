export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

export type JsonObject = { readonly [key: string]: JsonValue }

export interface TextPart {
  readonly type: 'text'
  readonly text: string
}

/** The model's own reasoning. `signature` is the provider's and goes back to it unchanged. */
export interface ThinkingPart {
  readonly type: 'thinking'
  readonly text: string
  readonly signature?: string
}

export interface ToolCallPart {
  readonly type: 'tool-call'
  readonly callId: string
  readonly name: string
  readonly input: JsonValue
}

export interface ToolResultPart {
  readonly type: 'tool-result'
  readonly callId: string
  readonly name: string
  /** `unknown`: the call had begun when the process ended or its time was up, and was not repeated. */
  readonly status: 'ok' | 'error' | 'denied' | 'unknown'
  readonly output: string
}

export type Part = TextPart | ThinkingPart | ToolCallPart | ToolResultPart

/** Provider-neutral. `tool` messages hold tool results only, one for each call of the assistant message before. */
export interface Message {
  readonly role: 'user' | 'assistant' | 'tool'
  readonly parts: readonly Part[]
}
