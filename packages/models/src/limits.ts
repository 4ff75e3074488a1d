/** Times in milliseconds. */
export interface ModelLimits {
  /** Tries for one call, the first one included. Default 3. */
  readonly attempts: number
  /** A provider that asks for a longer wait is not waited for: the call fails at once. Default 30,000. */
  readonly maxRetryAfterMs: number
  /** How long a provider may take until its answer begins. Default 120,000. */
  readonly headerTimeoutMs: number
  /** How long a stream may bring nothing. Keep-alive pings do not count. Default 120,000. */
  readonly idleTimeoutMs: number
}

export const defaultLimits: ModelLimits = {
  attempts: 3,
  maxRetryAfterMs: 30_000,
  headerTimeoutMs: 120_000,
  idleTimeoutMs: 120_000,
}
