/** The promise's outcome, or the signal's reason as soon as it aborts. The loser keeps running unheard. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason)
    }
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    promise.then(
      (value) => {
        signal.removeEventListener('abort', abort)
        resolve(value)
      },
      (error: unknown) => {
        signal.removeEventListener('abort', abort)
        reject(error)
      },
    )
  })
}

export interface Deadline<Reason extends Error> extends Disposable {
  readonly signal: AbortSignal
  /** The reason, when the time ran out before the parent aborted. */
  readonly expired: Reason | undefined
}

/** A signal that aborts with its parent, or with `reason()` after `ms`. Disposing it stops the clock. */
export function deadline<Reason extends Error>(
  parent: AbortSignal,
  ms: number,
  reason: () => Reason,
): Deadline<Reason> {
  const controller = new AbortController()
  let expired: Reason | undefined
  const abort = (): void => {
    controller.abort(parent.reason)
  }
  const timer = setTimeout(
    () => {
      if (controller.signal.aborted) return
      expired = reason()
      controller.abort(expired)
    },
    Math.min(ms, longestTimerMs),
  )
  if (parent.aborted) abort()
  else parent.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    get expired() {
      return expired
    },
    [Symbol.dispose]() {
      clearTimeout(timer)
      parent.removeEventListener('abort', abort)
    },
  }
}

/** Node fires a timer at once when its delay does not fit 32 bits. */
const longestTimerMs = 2_147_483_647
