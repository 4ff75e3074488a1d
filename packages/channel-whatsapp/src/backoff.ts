import { setTimeout as sleep } from 'node:timers/promises'

/** Pauses that double with each failure in a row, each cut by up to half at random. */
export interface Backoff {
  readonly failures: number
  /** Resolves early when the signal aborts. */
  pause(signal: AbortSignal): Promise<void>
  reset(): void
}

export interface BackoffOptions {
  readonly firstMs: number
  readonly longestMs: number
  readonly random: () => number
}

export function createBackoff({ firstMs, longestMs, random }: BackoffOptions): Backoff {
  let failures = 0
  return {
    get failures() {
      return failures
    },
    async pause(signal) {
      const fullMs = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 20))
      failures += 1
      await sleep(fullMs * (0.5 + random() / 2), undefined, { signal }).catch(() => {})
    },
    reset() {
      failures = 0
    },
  }
}
