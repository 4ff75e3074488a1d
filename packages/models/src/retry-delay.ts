import type { Failure } from './failure.ts'
import type { ModelLimits } from './limits.ts'

const firstDelayMs = 500
const longestDelayMs = 8_000

/** How long to wait before the next try; `undefined` when there is none. `attempt` counts from 1. */
export function retryDelay(
  failure: Failure,
  isConnectionError: boolean,
  attempt: number,
  { attempts, maxRetryAfterMs }: ModelLimits,
  random: () => number,
): number | undefined {
  if (attempt >= attempts || !failure.mayRetry) return undefined
  if (!isConnectionError && !isTransient(failure)) return undefined
  if (failure.retryAfterMs !== undefined) {
    return failure.retryAfterMs > maxRetryAfterMs ? undefined : failure.retryAfterMs
  }
  const delayMs = Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs)
  // Between half and all of it, so that callers who were refused together do not come back together.
  return delayMs * (0.5 + random() / 2)
}

function isTransient({ status, kinds }: Failure): boolean {
  // Sent with 429, but only money lifts it.
  if (kinds.includes('insufficient_quota')) return false
  return (
    status !== undefined && (status === 408 || status === 409 || status === 429 || status >= 500)
  )
}
