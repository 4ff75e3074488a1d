import type { IncomingHttpHeaders } from 'node:http'
import type { JsonObject, JsonValue } from '@junctor/agent'

/** `anthropic`: Messages. `openai-responses`: Responses. `openai-chat`: Chat Completions. */
export type ModelApiName = 'anthropic' | 'openai-responses' | 'openai-chat'

/** One request as it came, and the parts of it that tests and scripts ask for. */
export interface ModelServerRequest {
  readonly api: ModelApiName
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: JsonObject
  readonly model: string
  readonly stream: boolean
  readonly system: string
  /** Text of the last message that a person wrote; empty when there is none. */
  readonly lastUserText: string
  /** Names of the offered tools. */
  readonly toolNames: readonly string[]
  /** Results of tool calls after the last message of the assistant. */
  readonly toolResults: readonly { readonly callId: string; readonly output: string }[]
  /** True once the client has gone away before the answer was complete. */
  readonly aborted: boolean
  /** True once the answer has left completely. */
  readonly answered: boolean
}

/** What a dialect reads from a body. */
export type RequestFacts = Pick<
  ModelServerRequest,
  'system' | 'lastUserText' | 'toolNames' | 'toolResults'
>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function toList(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

export function toText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** The text of a content that is a string or a list of parts with `text`. */
export function contentText(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content
  return toList(content)
    .map((part) => toText(part['text']))
    .join('')
}
