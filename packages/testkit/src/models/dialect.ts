import type { JsonObject } from '@junctor/agent'
import type { ModelApiName, RequestFacts } from './request.ts'
import type { Answer } from './step.ts'

/** One server-sent event. Chat Completions sends unnamed ones. */
export interface SseEvent {
  readonly name?: string
  readonly data: object | string
}

export interface DialectFailure {
  readonly status: number
  readonly message: string
  readonly errorType?: string
  readonly code?: string
}

/** How one API words requests, answers and errors. */
export interface Dialect {
  readonly api: ModelApiName
  readonly requestIdHeader: string
  facts(body: JsonObject): RequestFacts
  /** The whole stream, terminal event included. */
  events(answer: Answer, body: JsonObject, nextId: (prefix: string) => string): readonly SseEvent[]
  /** The same answer to a request that does not stream. */
  answer(answer: Answer, body: JsonObject, nextId: (prefix: string) => string): object
  error(failure: DialectFailure): object
  errorEvent(errorType: string, message: string): SseEvent
  /** The stream of an answer that failed inside the provider just before its end. */
  failedEvents(events: readonly SseEvent[], message: string): readonly SseEvent[]
}

export function toFrame({ name, data }: SseEvent): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return name === undefined ? `data: ${text}\n\n` : `event: ${name}\ndata: ${text}\n\n`
}

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}

export function errorTypeOf({ status, errorType }: DialectFailure): string {
  return errorType ?? errorTypes[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error')
}
