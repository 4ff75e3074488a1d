import type { ModelEvent, ModelRequest, StopReason, Usage } from '@junctor/agent'

/**
 * How requests reach one kind of API. Retries, time limits, aborts and error messages are not its business: it makes one
 * request and says what the events of its stream mean.
 */
export interface ModelApi {
  /** False for endpoints without keys. Default true: a missing key is an error before any request. */
  readonly needsKey?: boolean
  /** Called once for each provider, before its first request: the place to import an SDK. */
  connect(connection: ModelConnection): Promise<ModelClient>
}

export interface ModelConnection {
  readonly provider: string
  /** Empty only where `needsKey` is false. */
  readonly apiKey: string
  /** `models.providers.<name>.baseUrl`; absent: the API's own. */
  readonly baseUrl: string | undefined
  /** Header time-outs are the caller's: one that the client cannot switch off must be longer than this. */
  readonly headerTimeoutMs: number
}

export interface ModelClient {
  /**
   * One request, never retried. Resolves when the answer's head is there. An error that carries a numeric `status` (and
   * `headers`, `type`, `code`) is the provider's refusal.
   */
  open(model: string, request: ModelRequest, signal: AbortSignal): Promise<OpenStream>
  /** True when the request did not reach the provider. Such an error is worth another try. */
  isConnectionError(error: unknown): boolean
}

export interface OpenStream {
  /** Must end, or throw, soon after `signal` aborts. */
  readonly events: AsyncIterable<unknown>
  readonly reader: StreamReader
}

/** Turns the events of one stream into the neutral ones, all but `done`. */
export interface StreamReader {
  /** Throws a plain `Error` that says what is wrong when the event is one of failure. */
  read(event: unknown): readonly ModelEvent[]
  /** Present once the terminal event has been read: the answer is complete. */
  readonly ending: StreamEnding | undefined
}

export interface StreamEnding {
  readonly stopReason: StopReason
  readonly usage: Usage
}

export const nothing: readonly ModelEvent[] = []
