export interface WaitOptions {
  /** Default 10 seconds. */
  readonly timeoutMs?: number
}

/** Lets a test wait for a state instead of a time. */
export interface ChangeWatch {
  changed(): void
  waitFor(this: void, predicate: () => boolean, options?: WaitOptions): Promise<void>
}

export function createChangeWatch(): ChangeWatch {
  const waiters = new Set<() => void>()

  return {
    changed() {
      for (const look of waiters) look()
    },
    waitFor(predicate, { timeoutMs = 10_000 } = {}) {
      return new Promise((resolve, reject) => {
        const stop = (): void => {
          clearTimeout(timer)
          waiters.delete(look)
        }
        const look = (): void => {
          try {
            if (!predicate()) return
          } catch (error) {
            stop()
            reject(error instanceof Error ? error : new Error(String(error)))
            return
          }
          stop()
          resolve()
        }
        const timer = setTimeout(() => {
          stop()
          reject(new Error(`Still false after ${timeoutMs} ms: ${String(predicate)}`))
        }, timeoutMs)
        waiters.add(look)
        look()
      })
    },
  }
}
