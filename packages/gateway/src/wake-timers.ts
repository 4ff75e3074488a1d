/** Timers that wake somebody at a time of day. They never keep the process alive. */
export interface WakeTimers {
  wakeAt(time: number, wake: () => void): void
  clear(): void
}

const LONGEST_TIMER_MS = 2 ** 31 - 1

export function createWakeTimers(now: () => number): WakeTimers {
  const timers = new Set<NodeJS.Timeout>()
  const wakeAt = (time: number, wake: () => void): void => {
    const wait = Math.min(LONGEST_TIMER_MS, Math.max(0, time - now()))
    const timer = setTimeout(() => {
      timers.delete(timer)
      // A timer may fire before its time: its clock is another one, and it holds 25 days at most.
      if (now() < time) wakeAt(time, wake)
      else wake()
    }, wait)
    timer.unref()
    timers.add(timer)
  }
  return {
    wakeAt,
    clear() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}
