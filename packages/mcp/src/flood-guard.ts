/** Says when somebody sends more than anybody can mean. */
export interface FloodGuard {
  /** Counts a message. True: it is too much. */
  isTooMuch(bytes: number): boolean
}

const WINDOW_MS = 10_000
const MOST_MESSAGES = 5_000
const MOST_BYTES = 100_000_000

/** `now` is in milliseconds. */
export function createFloodGuard(now: () => number): FloodGuard {
  let since = now()
  let messages = 0
  let length = 0
  return {
    isTooMuch(bytes) {
      if (now() - since > WINDOW_MS) {
        since = now()
        messages = 0
        length = 0
      }
      messages += 1
      length += bytes
      return messages > MOST_MESSAGES || length > MOST_BYTES
    },
  }
}
