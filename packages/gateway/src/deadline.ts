export interface Deadline extends Disposable {
  readonly signal: AbortSignal
}

/**
 * A signal that aborts with its parent, or after so long. Dispose it: unlike `AbortSignal.timeout`, which stays until its
 * time has come, it then leaves nothing behind.
 */
export function createDeadline(parent: AbortSignal, ms: number, reason: () => Error): Deadline {
  const controller = new AbortController()
  const abort = (): void => controller.abort(parent.reason)
  const timer = setTimeout(() => controller.abort(reason()), ms)
  if (parent.aborted) abort()
  else parent.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer)
      parent.removeEventListener('abort', abort)
    },
  }
}
