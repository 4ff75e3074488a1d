import { JunctorError, type ErrorOptions } from '@junctor/errors'

/**
 * - `UNAUTHORIZED` the key is missing, blank or refused
 * - `OUT_OF_CREDIT` the account behind the key has to be paid for, or may spend more, first
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
  | 'OUT_OF_CREDIT'
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

/**
 * - `NOT_FOUND` no such file or folder
 * - `OUTSIDE_WORKSPACE` the path leads out of the workspace
 * - `NOT_A_FILE` a folder, device, pipe or socket
 * - `TOO_LARGE` more than was asked for
 * - `REFUSED` the system or the workbench's settings forbid it
 * - `UNAVAILABLE` the workbench cannot be had: a sandbox without a container engine. Never a reason to use another one
 */
export type WorkbenchErrorCode =
  | 'NOT_FOUND'
  | 'OUTSIDE_WORKSPACE'
  | 'NOT_A_FILE'
  | 'TOO_LARGE'
  | 'REFUSED'
  | 'UNAVAILABLE'

/** What an agent reads when a file or command cannot be had: the message says what to do instead. */
export class WorkbenchError extends JunctorError<WorkbenchErrorCode> {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'WorkbenchError', configurable: true })
  }

  constructor(code: WorkbenchErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}
