/** So many calls in so many milliseconds, for each conversation. */
export interface RateLimit {
  readonly calls: number
  readonly perMs: number
}

export interface RateLimits {
  /** Counts one call of a bucket. */
  take(bucket: string): RateState
}

export interface RateState {
  readonly isExceeded: boolean
  readonly limit: number
  readonly remaining: number
  readonly resetAfterMs: number
}

/** A window opens with the first call and is full again when it ends, as on Discord. */
export function createRateLimits({ calls, perMs }: RateLimit): RateLimits {
  const windows = new Map<string, { endsAtMs: number; used: number }>()

  return {
    take(bucket) {
      const nowMs = Date.now()
      const known = windows.get(bucket)
      const current = known && known.endsAtMs > nowMs ? known : { endsAtMs: nowMs + perMs, used: 0 }
      windows.set(bucket, current)
      const isExceeded = current.used >= calls
      if (!isExceeded) current.used += 1
      return {
        isExceeded,
        limit: calls,
        remaining: calls - current.used,
        resetAfterMs: current.endsAtMs - nowMs,
      }
    },
  }
}
