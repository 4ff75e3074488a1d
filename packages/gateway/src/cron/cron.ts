import type { Logger } from '@junctor/channel'
import type { Config } from '@junctor/config'
import { parseSessionKey } from '@junctor/session-key'
import type { Store } from '@junctor/store'
import { GatewayError } from '../errors.ts'
import type { NewId } from '../ids.ts'
import type { Answers } from '../internal/answers.ts'
import type { Post } from '../internal/post.ts'
import type { AnswerTo } from '../mail.ts'
import { createWakeTimers } from '../wake-timers.ts'
import { createCronBook } from './book.ts'
import { withRun, type CronJob } from './job.ts'
import { createCronRuns } from './runs.ts'
import { invalid, nextTime, readSchedule, type WrittenSchedule } from './schedule.ts'
import { createScheduler } from './scheduler.ts'

/** A job as somebody wants it. */
export interface NewCronJob {
  /** Default: the beginning of the message. */
  readonly name?: string
  readonly schedule: WrittenSchedule
  readonly message: string
  /** Default: `isolated`. */
  readonly session?: CronJob['session']
  /** Default: to nobody. */
  readonly answerTo?: AnswerTo
  readonly madeIn?: string
}

export interface CronChange {
  readonly name?: string
  readonly schedule?: WrittenSchedule
  readonly message?: string
  readonly enabled?: boolean
}

/**
 * The jobs of agents. No method reaches the jobs of another agent than the one that is named. They reject with `UNKNOWN_AGENT`,
 * `UNKNOWN_JOB`, and `INVALID_JOB` for what the settings do not allow.
 */
export interface CronJobs {
  list(agentId: string): Promise<readonly CronJob[]>
  add(agentId: string, job: NewCronJob): Promise<CronJob>
  update(agentId: string, jobId: string, change: CronChange): Promise<CronJob>
  remove(agentId: string, jobId: string): Promise<void>
  /** Once and at once, whatever its schedule says. */
  run(agentId: string, jobId: string): Promise<CronJob>
}

export interface Cron extends CronJobs {
  /**
   * The session in which the job was made that has this session of its own: what it may do bounds what the job may. Undefined for
   * any other session, and for a job that the operator made. Rejects with `UNKNOWN_JOB` for a job that is gone.
   */
  makerOf(sessionKey: string): Promise<string | undefined>
  /** Begins what is due. */
  sweep(): Promise<void>
  turnEnded(sessionKey: string): void
  /** The agent and all that it had are gone. */
  forget(agentId: string): Promise<void>
  stop(): Promise<void>
}

export interface CronOptions {
  readonly store: Store
  readonly post: Post
  readonly answers: Answers
  readonly config: () => Config
  readonly isAgent: (agentId: string) => boolean
  readonly isPaused: (agentId: string) => boolean
  readonly owner: string
  readonly newId: NewId
  readonly now: () => number
  readonly log: Logger
}

const LONGEST_NAME = 100
const LONGEST_MESSAGE = 8_000

export function createCron(options: CronOptions): Cron {
  const { store, post, answers, config, isAgent, owner, newId, now, log } = options
  const book = createCronBook(store)
  const timers = createWakeTimers(now)
  const mainKey = (): string => config().session.mainKey
  const runs = createCronRuns({ store, book, post, answers, mainKey, now, log })
  const scheduler = createScheduler({
    store,
    book,
    runs,
    settings: () => config().cron,
    mayRun: (agentId) => isAgent(agentId) && !options.isPaused(agentId),
    owner,
    now,
    log,
  })
  let sweeping: Promise<void> = Promise.resolve()
  let isStopped = false

  const look = async (): Promise<void> => {
    if (isStopped) return
    await runs.sweep()
    await scheduler.sweep()
    const next = await book.nextAt()
    timers.clear()
    if (next !== undefined && next > now() && !isStopped) timers.wakeAt(next, () => void sweep())
  }
  const sweep = (): Promise<void> =>
    (sweeping = sweeping.then(look).catch((error: unknown) => {
      log.error({ error: String(error) }, 'cron jobs could not be looked for')
    }))

  const limits = () => ({ now: now(), shortestIntervalMs: config().cron.shortestIntervalMs })
  const requireAgent = (agentId: string): void => {
    if (!isAgent(agentId))
      throw new GatewayError('UNKNOWN_AGENT', `There is no agent "${agentId}".`)
  }
  const known = (job: CronJob | undefined, jobId: string): CronJob => {
    if (job !== undefined) return job
    throw new GatewayError('UNKNOWN_JOB', `The agent has no cron job "${jobId}".`)
  }

  return {
    async list(agentId) {
      requireAgent(agentId)
      return (await book.jobs(agentId)).toSorted((a, b) => a.createdAt - b.createdAt)
    },
    async add(agentId, wanted) {
      requireAgent(agentId)
      const { enabled, maxJobs } = config().cron
      if (!enabled) throw invalid('cron.enabled is false')
      const schedule = readSchedule(wanted.schedule, limits())
      const there = (await book.jobs(agentId)).filter(({ nextAt }) => nextAt !== undefined)
      if (there.length >= maxJobs)
        throw invalid(`the agent has ${there.length} jobs, as many as cron.maxJobs allows`)
      const message = readText('message', wanted.message, LONGEST_MESSAGE)
      const { session = 'isolated', answerTo, madeIn } = wanted
      const nextAt = nextTime(schedule, now())
      const job: CronJob = {
        id: newId('cron'),
        name: readText('name', wanted.name ?? beginningOf(message), LONGEST_NAME),
        schedule,
        message,
        session,
        ...(answerTo === undefined ? {} : { answerTo }),
        ...(madeIn === undefined ? {} : { madeIn }),
        createdAt: now(),
        enabled: true,
        ...(nextAt === undefined ? {} : { nextAt }),
        failures: 0,
        runs: [],
      }
      await book.add(agentId, job)
      log.info({ agentId, jobId: job.id }, `cron job "${job.name}" was made`)
      void sweep()
      return job
    },
    async update(agentId, jobId, { schedule: written, ...change }) {
      requireAgent(agentId)
      const schedule = written === undefined ? undefined : readSchedule(written, limits())
      if (change.message !== undefined) readText('message', change.message, LONGEST_MESSAGE)
      if (change.name !== undefined) readText('name', change.name, LONGEST_NAME)
      const changed = await book.change(agentId, jobId, (before) => {
        const after = { ...before, ...change, schedule: schedule ?? before.schedule, failures: 0 }
        const { nextAt: _, ...rest } = after
        const nextAt = nextTime(after.schedule, now())
        return { ...rest, ...(nextAt === undefined ? {} : { nextAt }) }
      })
      void sweep()
      return known(changed, jobId)
    },
    async remove(agentId, jobId) {
      requireAgent(agentId)
      if (!(await book.remove(agentId, jobId))) known(undefined, jobId)
      log.info({ agentId, jobId }, 'a cron job was removed')
    },
    async run(agentId, jobId) {
      requireAgent(agentId)
      const at = now()
      const run = { dueAt: at, at, status: 'running' } as const
      const job = known(await book.change(agentId, jobId, (before) => withRun(before, run)), jobId)
      await runs.begin(agentId, job, run)
      return known(await book.job(agentId, jobId), jobId)
    },
    async makerOf(sessionKey) {
      const parts = parseSessionKey(sessionKey)
      if (parts.kind !== 'cron') return undefined
      return known(await book.job(parts.agentId, parts.id), parts.id).madeIn
    },
    sweep,
    turnEnded: runs.turnEnded,
    forget: (agentId) => book.forget(agentId),
    async stop() {
      isStopped = true
      timers.clear()
      await sweeping
      await runs.idle()
    },
  }
}

function readText(name: string, text: string, most: number): string {
  if (text.trim() === '') throw invalid(`"${name}" is empty`)
  if (text.length > most) throw invalid(`"${name}" is longer than ${most} characters`)
  return text
}

function beginningOf(message: string): string {
  const line = message.trim().split('\n')[0] ?? ''
  return line.length > 60 ? `${line.slice(0, 60).toWellFormed()}…` : line
}
