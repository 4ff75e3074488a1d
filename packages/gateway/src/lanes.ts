import type { Logger } from '@junctor/channel'
import { hasCode } from '@junctor/errors'
import type { AgentStore, Store, Work } from '@junctor/store'
import { SUSPECT_ATTEMPTS } from './failure.ts'
import { createKeyedWorkers } from './keyed-workers.ts'
import { createWakeTimers } from './wake-timers.ts'

export interface LanesOptions {
  readonly store: Store
  readonly owner: string
  readonly leaseMs: number
  /** Turns at a time over all agents. */
  readonly maxActive: number
  /** Turns at a time of one agent; 0 for an agent that does not work now. */
  maxActiveOf(agentId: string): number
  /**
   * Take one turn with the work and commit or release it. `lost` aborts when the lease is gone: write nothing more.
   */
  takeTurn(agent: AgentStore, work: Work, lost: AbortSignal): Promise<LaneResult>
  readonly log: Logger
  readonly now: () => number
}

export interface LaneResult {
  /** Messages wait in the lane. */
  readonly more: boolean
  /** They may be claimed from this time on. */
  readonly retryAt?: number
}

/** One session is one lane: one turn at a time, in the order of acceptance. Different lanes run side by side. */
export interface Lanes {
  wake(agentId: string, sessionKey: string): void
  /** Wake every lane of an agent in which a message is due. */
  sweep(agentId: string): Promise<void>
  readonly size: number
  /** Begin no more turns. */
  pause(): void
  idle(): Promise<void>
}

const RETRY_AFTER_FAULT_MS = 1_000

export function createLanes(options: LanesOptions): Lanes {
  const { store, owner, leaseMs, log, now } = options
  const timers = createWakeTimers(now)

  const run = async (agentId: string, sessionKey: string): Promise<boolean> => {
    const claim = { owner, leaseMs, limit: 1, sessionKey, maxAttempts: SUSPECT_ATTEMPTS }
    const work = await store.agent(agentId).claim(claim)
    if (work !== undefined) return take(agentId, work)
    suspects.wake(agentId, sessionKey)
    return false
  }

  const runSuspect = async (agentId: string, sessionKey: string): Promise<boolean> => {
    const work = await store.agent(agentId).claim({ owner, leaseMs, limit: 1, sessionKey })
    if (work !== undefined && (await take(agentId, work))) workers.wake(agentId, sessionKey)
    return false
  }

  const take = async (agentId: string, work: Work): Promise<boolean> => {
    const { more, retryAt } = await underLease(store.agent(agentId), work)
    if (retryAt === undefined) return more
    timers.wakeAt(retryAt, () => workers.wake(agentId, work.lease.sessionKey))
    return false
  }

  const underLease = async (agent: AgentStore, work: Work): Promise<LaneResult> => {
    const lost = new AbortController()
    let { lease } = work
    const renewal = setInterval(() => {
      agent.renew(lease, leaseMs).then(
        (renewed) => {
          if (renewed === undefined) lost.abort(new Error('The lease of this lane was lost.'))
          else lease = renewed
        },
        (error: unknown) => log.warn({ error: String(error) }, 'a lease could not be renewed'),
      )
    }, leaseMs / 3)
    renewal.unref()
    try {
      return await options.takeTurn(agent, work, lost.signal)
    } catch (error) {
      if (hasCode(error, 'LEASE_LOST')) throw error
      // Nothing was written: the messages wait for another attempt.
      const retryAt = now() + RETRY_AFTER_FAULT_MS
      log.error({ sessionKey: lease.sessionKey, error: String(error) }, 'a turn could not be ended')
      const { more } = await agent.release(lease, { retryAt, reason: String(error) })
      return { more, retryAt }
    } finally {
      clearInterval(renewal)
    }
  }

  const guarded =
    (work: typeof run) =>
    (agentId: string, sessionKey: string): Promise<boolean> =>
      work(agentId, sessionKey).catch((error: unknown) => {
        // The rows stand as they were; the sweep finds them once the lease has ended.
        log.error({ agentId, sessionKey, error: String(error) }, 'a lane could not be worked')
        return false
      })
  const workers = createKeyedWorkers({
    run: guarded(run),
    maxActive: options.maxActive,
    maxActiveInGroup: (agentId) => options.maxActiveOf(agentId),
  })
  // Messages that were in work when the process ended, again and again. One of them may be what ends it: each gets its next
  // chance alone, so that no other pays for it.
  const suspects = createKeyedWorkers({
    run: guarded(runSuspect),
    maxActive: 1,
    maxActiveInGroup: (agentId) => options.maxActiveOf(agentId),
  })

  return {
    wake: (agentId, sessionKey) => workers.wake(agentId, sessionKey),
    async sweep(agentId) {
      for (const sessionKey of await store.agent(agentId).dueLanes({ limit: 1_000 }))
        workers.wake(agentId, sessionKey)
    },
    get size() {
      return workers.size + suspects.size
    },
    pause() {
      timers.clear()
      workers.pause()
      suspects.pause()
    },
    async idle() {
      await Promise.all([workers.idle(), suspects.idle()])
    },
  }
}
