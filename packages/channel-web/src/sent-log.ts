import type { Sent } from '@junctor/channel'

/** The latest sends by idempotency key, so that a repeated one is not announced to the tabs again. */
export interface SentLog {
  get(key: string): Sent | undefined
  add(key: string, sent: Sent): void
}

export function createSentLog(maxEntries = 1000): SentLog {
  const entries = new Map<string, Sent>()
  return {
    get: (key) => entries.get(key),
    add(key, sent) {
      entries.set(key, sent)
      if (entries.size <= maxEntries) return
      const [oldest] = entries.keys()
      if (oldest !== undefined) entries.delete(oldest)
    },
  }
}
