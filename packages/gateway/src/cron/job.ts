import type { AnswerTo } from '../mail.ts'
import type { CronSchedule } from './schedule.ts'

/** A message that an agent gets at its time. Times are milliseconds since 1970. */
export interface CronJob {
  readonly id: string
  readonly name: string
  readonly schedule: CronSchedule
  readonly message: string
  /** Whether it comes into the agent's main session, or each time into a conversation of its own. */
  readonly session: 'main' | 'isolated'
  /** Where the answer goes. Absent: to nobody. */
  readonly answerTo?: AnswerTo
  /** The session that made it. Absent: the operator did. */
  readonly madeIn?: string
  readonly createdAt: number
  /** False: it does not run. */
  readonly enabled: boolean
  /** When it runs next. Absent: not again. */
  readonly nextAt?: number
  /** Failures in a row. */
  readonly failures: number
  /** The newest first. */
  readonly runs: readonly CronRun[]
}

export interface CronRun {
  /** When it was due: one run for each. */
  readonly dueAt: number
  /** When it was begun, or passed over. */
  readonly at: number
  readonly status: 'running' | 'answered' | 'silent' | 'failed' | 'skipped'
  /** Nothing ran when it was due. */
  readonly isLate?: boolean
  /** What `why` takes. */
  readonly messageId?: string
  /** What was answered, or why it was not. */
  readonly text?: string
}

/** How many runs a job remembers, and how much of what was said. */
const RUNS_KEPT = 20
const LONGEST_TEXT = 1_000
const LOST_AFTER_MS = 24 * 3_600_000

/** Whether a run has begun and not ended. One of which nothing was heard for a day is not waited for. */
export function isRunning({ runs }: CronJob, now: number): boolean {
  return runs.some(({ status, at }) => status === 'running' && now - at < LOST_AFTER_MS)
}

/** The same job with this run, in the place of one that was due at the same time. */
export function withRun(job: CronJob, run: CronRun): CronJob {
  const text =
    run.text === undefined ? {} : { text: run.text.slice(0, LONGEST_TEXT).toWellFormed() }
  const others = job.runs.filter(({ dueAt }) => dueAt !== run.dueAt)
  const runs = [{ ...run, ...text }, ...others].toSorted((a, b) => b.at - a.at)
  return { ...job, runs: runs.slice(0, RUNS_KEPT) }
}

const BACK_OFF_MS = [30_000, 60_000, 300_000, 900_000, 3_600_000]

/** How long a job that failed so often in a row waits at least. */
export function backOffMs(failures: number): number {
  if (failures === 0) return 0
  return BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length) - 1] ?? 0
}
