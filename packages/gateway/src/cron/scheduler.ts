import type { Logger } from '@junctor/channel'
import type { Config } from '@junctor/config'
import type { Store } from '@junctor/store'
import type { CronBook } from './book.ts'
import { isRunning, withRun, type CronJob, type CronRun } from './job.ts'
import type { CronRuns } from './runs.ts'
import { nextTime } from './schedule.ts'

export interface SchedulerOptions {
  readonly store: Store
  readonly book: CronBook
  readonly runs: CronRuns
  readonly settings: () => Config['cron']
  /** False: the agent is not there, or paused; its jobs wait. */
  readonly mayRun: (agentId: string) => boolean
  /** Unique for each running process. */
  readonly owner: string
  readonly now: () => number
  readonly log: Logger
}

/** What is due more than this long ago was missed: nothing ran then. */
const LATE_MS = 60_000
const LEASE_MS = 30_000

/** Begins what is due. Of several processes one at a time does it for an agent. */
export function createScheduler(options: SchedulerOptions): { sweep(): Promise<void> } {
  const { store, book, runs, settings, owner, now, log } = options
  const { leases } = store.gateway

  /** With the next time, in one write; undefined when somebody else has changed the job meanwhile. */
  const record = async (agentId: string, job: CronJob, run: CronRun): Promise<boolean> => {
    let isOurs = false
    await book.change(agentId, job.id, (before) => {
      isOurs = before.nextAt === job.nextAt
      if (!isOurs) return undefined
      const { nextAt: _, ...rest } = before
      const nextAt = nextTime(before.schedule, Math.max(now(), run.dueAt))
      return withRun({ ...rest, ...(nextAt === undefined ? {} : { nextAt }) }, run)
    })
    return isOurs
  }

  const take = async (agentId: string, job: CronJob, dueAt: number): Promise<void> => {
    const at = now()
    const isLate = at - dueAt > LATE_MS
    const facts = { agentId, jobId: job.id, dueAt: new Date(dueAt).toISOString() }
    const skip = async (text: string): Promise<void> => {
      log.warn(facts, `cron job "${job.name}" was passed over: ${text}`)
      await record(agentId, job, { dueAt, at, status: 'skipped', text })
    }
    if (isLate && settings().missed === 'skip')
      return skip('nothing ran here when it was due, and cron.missed is "skip"')
    if (isRunning(job, at)) return skip('its last run has not ended yet')
    log.info(facts, `cron job "${job.name}" begins${isLate ? ', late' : ''}`)
    const run = { dueAt, at, status: 'running', ...(isLate ? { isLate } : {}) } as const
    if (await record(agentId, job, run)) await runs.begin(agentId, job, run)
  }

  const takeDue = async (agentId: string): Promise<void> => {
    for (const job of await book.jobs(agentId)) {
      // A process that died had written them down, and nothing more.
      for (const run of job.runs)
        if (run.status === 'running' && run.messageId === undefined)
          await runs.begin(agentId, job, run)
      const { nextAt } = job
      if (job.enabled && nextAt !== undefined && nextAt <= now()) await take(agentId, job, nextAt)
    }
    // Not before everything is done: until then the agent is looked at again.
    await book.settle(agentId)
  }

  return {
    async sweep() {
      if (!settings().enabled) return
      for (const agentId of await book.due(now())) {
        if (!options.mayRun(agentId)) continue
        const name = `cron:${agentId}`
        const lease = await leases.acquire(name, { owner, ttlMs: LEASE_MS })
        if (lease === undefined) continue
        try {
          await takeDue(agentId)
        } catch (error) {
          log.error({ agentId, error: String(error) }, 'cron jobs could not be looked at')
        } finally {
          await leases.release(name, { owner })
        }
      }
    },
  }
}
