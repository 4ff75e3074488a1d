import type { AgentStore, Store } from '@junctor/store'
import { createClock, type Clock } from './clock.ts'

export interface StoreUnderTest {
  readonly store: Store
  /**
   * Ends this store as abruptly as the implementation allows and opens its data again. The cases about a restart are left
   * out without it.
   */
  readonly reopen?: () => Promise<Store>
  /** After the last store was closed. */
  readonly dispose?: () => Promise<void> | void
}

/** Gives a fresh, empty store that knows no other clock than `now`. */
export type OpenStore = (options: { readonly now: () => number }) => Promise<StoreUnderTest>

export interface StoreSuiteOptions {
  readonly describe: (name: string, body: () => void) => void
  readonly it: (name: string, body: () => Promise<void>) => void
  /** Of the implementation. */
  readonly name: string
  readonly open: OpenStore
}

/** What one case works on: a fresh store, an agent in it, and the clock of both. */
export interface Subject {
  readonly store: Store
  readonly agent: AgentStore
  readonly clock: Clock
  /** Undefined where the implementation cannot be reopened. */
  readonly reopen: (() => Promise<Store>) | undefined
}

export interface Runner {
  group(name: string, body: () => void): void
  test(name: string, body: (subject: Subject) => Promise<void>): void
}

export const AGENT_ID = 'atlas'

export function createRunner({ describe, it, open }: StoreSuiteOptions): Runner {
  return {
    group: describe,
    test(name, body) {
      it(name, async () => {
        const clock = createClock()
        const opened = await open({ now: clock.now })
        let current = opened.store
        const reopen = opened.reopen
        try {
          await body({
            store: opened.store,
            agent: opened.store.agent(AGENT_ID),
            clock,
            reopen:
              reopen === undefined
                ? undefined
                : async () => {
                    current = await reopen()
                    return current
                  },
          })
        } finally {
          await current.close()
          await opened.dispose?.()
        }
      })
    },
  }
}
