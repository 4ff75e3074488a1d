const brand: symbol = Symbol.for('junctor.error')

/** What an error may carry beside its code and message. */
export interface ErrorOptions {
  /** The error that led to this one. */
  readonly cause?: unknown
  /** How long to wait before trying again, in milliseconds, where the other side said so. */
  readonly retryAfterMs?: number
  /** Facts for logs and for programs. Never secrets: they are printed as they are. */
  readonly details?: Readonly<Record<string, string | number | boolean>>
}

/**
 * Base of every error that Junctor's packages throw. `code` is stable and meant for programs; `message` names the
 * thing, the problem and the setting that lifts it.
 *
 * Test with {@link JunctorError.isInstance}, never with `instanceof`: it holds across two installed copies of a package.
 */
export class JunctorError<Code extends string = string> extends Error {
  readonly code: Code
  readonly retryAfterMs: number | undefined
  readonly details: Readonly<Record<string, string | number | boolean>>

  static {
    Object.defineProperty(this.prototype, brand, { value: true })
    Object.defineProperty(this.prototype, 'name', { value: 'JunctorError', configurable: true })
  }

  constructor(code: Code, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryAfterMs = options.retryAfterMs
    this.details = options.details ?? {}
  }

  static isInstance(value: unknown): value is JunctorError {
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** True for a branded error with one of these codes. */
export function hasCode<Code extends string>(
  value: unknown,
  ...codes: readonly Code[]
): value is JunctorError<Code> {
  return JunctorError.isInstance(value) && (codes as readonly string[]).includes(value.code)
}
