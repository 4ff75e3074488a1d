/** Lets one lane at a time run a message that may end the process. */
export interface Suspects {
  /** Runs `work` unless another lane is at it: then this one is woken when it is done. */
  alone(agentId: string, sessionKey: string, work: () => Promise<boolean>): Promise<boolean>
}

/**
 * Messages that were in work when the process ended, again and again. One of them may be what ends it: each gets its next
 * chance alone, so that no other pays for it.
 */
export function createSuspects(wake: (agentId: string, sessionKey: string) => void): Suspects {
  let isBusy = false
  let waiting: (() => void)[] = []
  return {
    async alone(agentId, sessionKey, work) {
      if (isBusy) {
        waiting.push(() => wake(agentId, sessionKey))
        return false
      }
      isBusy = true
      try {
        return await work()
      } finally {
        isBusy = false
        const others = waiting
        waiting = []
        for (const wakeOther of others) wakeOther()
      }
    },
  }
}
