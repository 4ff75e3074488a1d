/**
 * The outcome of a call that was given the signal too. A call that goes on although the signal has aborted is given up
 * after `graceMs`: whoever waits for it must not wait for ever.
 */
export function endedBy<Result>(
  call: Promise<Result>,
  signal: AbortSignal,
  graceMs = 1_000,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const beginGrace = (): void => {
      timer = setTimeout(() => reject(new Error('it did not end when it was told to')), graceMs)
    }
    if (signal.aborted) beginGrace()
    else signal.addEventListener('abort', beginGrace, { once: true })
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', beginGrace)
    }
    void call.finally(end).catch(() => {})
    call.then(resolve, reject)
  })
}
