import { JunctorError, type ErrorOptions } from '@junctor/errors'

/**
 * - `UNAUTHORIZED` the key is missing, blank or refused
 * - `RATE_LIMITED` / `OVERLOADED` refused for now, after the retries that the settings allow
 * - `UNAVAILABLE` the provider could not be reached or answered 5xx
 * - `STREAM_FAILED` an error, a cut or a missing terminal event after the stream had begun
 * - `STALLED` no bytes for longer than the idle limit
 * - `INVALID_REQUEST` refused for good (unknown model, context too long, …)
 * - `ABORTED` the caller aborted
 * - `UNKNOWN_MODEL` no configured provider serves this model id
 */
export type ModelErrorCode =
  | 'UNAUTHORIZED'
  | 'RATE_LIMITED'
  | 'OVERLOADED'
  | 'UNAVAILABLE'
  | 'STREAM_FAILED'
  | 'STALLED'
  | 'INVALID_REQUEST'
  | 'ABORTED'
  | 'UNKNOWN_MODEL'

export class ModelError extends JunctorError<ModelErrorCode> {
  readonly provider: string

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'ModelError', configurable: true })
  }

  constructor(provider: string, code: ModelErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.provider = provider
  }
}
