import { setTimeout as sleep } from 'node:timers/promises'

/** Pauses that double with each failure in a row, each cut by up to half at random. */
export interface Backoff {
  /** In a row, up to now. */
  readonly failures: number
  /** Notes a failure and waits. Resolves early when the signal aborts. */
  pause(signal: AbortSignal, atLeastMs?: number): Promise<void>
  reset(): void
}

export interface BackoffOptions {
  /** Longest pause after the first failure. */
  readonly firstBackoffMs: number
  readonly maxBackoffMs: number
  /** From 0 up to 1. Default: `Math.random`. */
  readonly random?: () => number
}

export function createBackoff({
  firstBackoffMs,
  maxBackoffMs,
  random = Math.random,
}: BackoffOptions): Backoff {
  let failures = 0
  return {
    get failures() {
      return failures
    },
    async pause(signal, atLeastMs = 0) {
      const fullMs = Math.min(maxBackoffMs, firstBackoffMs * 2 ** Math.min(failures, 20))
      failures += 1
      const ms = Math.max(atLeastMs, fullMs * (0.5 + random() / 2))
      await sleep(ms, undefined, { signal }).catch(() => {})
    },
    reset() {
      failures = 0
    },
  }
}
