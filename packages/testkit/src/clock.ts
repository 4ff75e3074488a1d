/** A clock that moves only when told to. */
export interface ScriptedClock {
  /** Milliseconds since 1970. */
  now(): number
  /** Move on, waking every sleeper that is due, in the order they are due. */
  advance(ms: number): Promise<void>
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** How many sleep. */
  sleeping(): number
}

export interface ClockOptions {
  /** Milliseconds since 1970. Default: 1 January 2026. */
  readonly startMs?: number
}

interface Sleeper {
  readonly dueMs: number
  readonly wake: () => void
}

export function createClock({ startMs = Date.UTC(2026, 0, 1) }: ClockOptions = {}): ScriptedClock {
  let nowMs = startMs
  const sleepers = new Set<Sleeper>()

  const next = (untilMs: number): Sleeper | undefined => {
    let first: Sleeper | undefined
    for (const sleeper of sleepers) {
      if (sleeper.dueMs <= untilMs && (!first || sleeper.dueMs < first.dueMs)) first = sleeper
    }
    return first
  }

  return {
    now: () => nowMs,
    sleeping: () => sleepers.size,
    async advance(ms) {
      const untilMs = nowMs + ms
      for (let due = next(untilMs); due; due = next(untilMs)) {
        nowMs = Math.max(nowMs, due.dueMs)
        due.wake()
        // Whoever woke up may go to sleep again inside the same span.
        await new Promise((resolve) => setImmediate(resolve))
      }
      nowMs = untilMs
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason as Error)
          return
        }
        const leave = (): void => {
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', abort)
        }
        const abort = (): void => {
          leave()
          reject(signal?.reason as Error)
        }
        const sleeper: Sleeper = {
          dueMs: nowMs + ms,
          wake() {
            leave()
            resolve()
          },
        }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', abort)
      })
    },
  }
}
