import type { Failure } from './failure.ts'
import type { ModelLimits } from './limits.ts'
import { isOutOfCredit } from './out-of-credit.ts'

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

function isTransient(failure: Failure): boolean {
  if (isOutOfCredit(failure)) return false
  const { status } = failure
  return (
    status !== undefined && (status === 408 || status === 409 || status === 429 || status >= 500)
  )
}

/** The provider takes no more calls for now, at least with this key. */
export function isBusy({ status, kinds }: Failure): boolean {
  return status === 429 || status === 529 || kinds.includes('overloaded_error')
}
