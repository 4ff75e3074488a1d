/** People who wait until one of a list of changing things looks as they want it. */
export interface Waiters<Item> {
  /** Resolves with the first item that matches, now or later. Rejects after `timeoutMs` with the reason. */
  waitFor(match: (item: Item) => boolean, timeoutMs: number): Promise<Item>
  /** To be called after every change. */
  check(): void
  close(): void
}

export function createWaiters<Item>(items: readonly Item[], describe: () => string): Waiters<Item> {
  let waiting: { readonly check: () => boolean; readonly fail: (reason: string) => void }[] = []
  return {
    waitFor: (match, timeoutMs) =>
      new Promise((resolve, reject) => {
        const waiter = {
          check: () => {
            const found = items.find(match)
            if (found === undefined) return false
            clearTimeout(timer)
            resolve(found)
            return true
          },
          fail: (reason: string) => {
            clearTimeout(timer)
            waiting = waiting.filter((other) => other !== waiter)
            reject(new Error(`${reason}; ${describe()}`))
          },
        }
        const timer = setTimeout(() => {
          waiter.fail(`Nothing that matches came within ${timeoutMs} ms`)
        }, timeoutMs)
        if (!waiter.check()) waiting.push(waiter)
      }),
    check() {
      if (waiting.length > 0) waiting = waiting.filter((waiter) => !waiter.check())
    },
    close() {
      for (const waiter of waiting) waiter.fail('The server was closed')
    },
  }
}
