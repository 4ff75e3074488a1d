/** What is waited for: the head of the answer, its next event, or the end of the body after the terminal event. */
export type Phase = 'headers' | 'idle' | 'drain'

/** One signal for a call: aborts with the caller's, or when what is waited for does not come. */
export interface Watchdog {
  readonly signal: AbortSignal
  /** The wait that took too long. */
  readonly overdue: Phase | undefined
  watch(phase: Phase, timeoutMs: number): void
  /** The wait is over, or it goes on for another full term. The consumer's own time never counts. */
  pause(): void
  resume(): void
  stop(): void
  close(): void
}

export function createWatchdog(caller: AbortSignal): Watchdog {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let phase: Phase = 'headers'
  let overdue: Phase | undefined
  let waiting = false
  const abort = (): void => {
    controller.abort(caller.reason)
  }
  caller.addEventListener('abort', abort, { once: true })
  if (caller.aborted) abort()

  const stop = (): void => {
    clearTimeout(timer)
    timer = undefined
  }

  return {
    signal: controller.signal,
    get overdue() {
      return overdue
    },
    watch(next, timeoutMs) {
      stop()
      phase = next
      waiting = true
      timer = setTimeout(() => {
        if (waiting) {
          overdue = phase
          controller.abort()
        } else {
          timer?.refresh()
        }
      }, timeoutMs).unref()
    },
    pause() {
      waiting = false
    },
    resume() {
      waiting = true
      timer?.refresh()
    },
    stop,
    close() {
      stop()
      caller.removeEventListener('abort', abort)
    },
  }
}
