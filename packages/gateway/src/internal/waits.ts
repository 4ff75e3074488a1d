/** Which sessions wait for which. A lane runs one turn at a time, so each session waits for one other at most. */
export interface Waits {
  /** Whether `to` waits for `from` already, through however many others: neither would ever be answered. */
  wouldClose(from: string, to: string): boolean
  during<Result>(from: string, to: string, wait: () => Promise<Result>): Promise<Result>
}

export function createWaits(): Waits {
  const waitsFor = new Map<string, string>()
  return {
    wouldClose(from, to) {
      for (let at: string | undefined = to; at !== undefined; at = waitsFor.get(at))
        if (at === from) return true
      return false
    },
    async during(from, to, wait) {
      waitsFor.set(from, to)
      try {
        return await wait()
      } finally {
        waitsFor.delete(from)
      }
    },
  }
}
