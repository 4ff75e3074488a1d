/** Timers that wake somebody at a time of day. They never keep the process alive. */
export interface WakeTimers {
  wakeAt(time: number, wake: () => void): void
  clear(): void
}

const LONGEST_TIMER_MS = 2 ** 31 - 1

export function createWakeTimers(now: () => number): WakeTimers {
  const timers = new Set<NodeJS.Timeout>()
  return {
    wakeAt(time, wake) {
      const wait = Math.min(LONGEST_TIMER_MS, Math.max(0, time - now()))
      const timer = setTimeout(() => {
        timers.delete(timer)
        wake()
      }, wait)
      timer.unref()
      timers.add(timer)
    },
    clear() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}
