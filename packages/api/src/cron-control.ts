import type { Address } from '@junctor/channel'

/** A message that an agent gets at its time. Times are milliseconds since 1970. */
export interface CronJobStatus {
  readonly id: string
  readonly name: string
  /** In words, as in `every 2 hours`. */
  readonly schedule: string
  readonly message: string
  readonly session: 'main' | 'isolated'
  /** Where the answer goes. Absent: to nobody. */
  readonly deliverTo?: Address
  /** The session that made it. Absent: the operator did. */
  readonly madeIn?: string
  readonly enabled: boolean
  /** Absent: it does not run again. */
  readonly nextAt?: number
  /** In a row. */
  readonly failures: number
  /** The newest first. */
  readonly runs: readonly {
    readonly dueAt: number
    readonly status: 'running' | 'answered' | 'silent' | 'failed' | 'skipped'
    readonly messageId?: string
    readonly text?: string
  }[]
}

/** A job that is to be made. Exactly one of `at`, `everyMs` and `cron` says when. */
export interface WantedCronJob {
  readonly schedule: {
    /** Milliseconds since 1970, or as in `2026-12-24T18:00`. */
    readonly at?: number | string
    readonly everyMs?: number
    /** Five or six fields. */
    readonly cron?: string
    /** Default: the gateway's own. */
    readonly timeZone?: string
  }
  readonly message: string
  readonly name?: string
  readonly session?: 'main' | 'isolated'
  readonly deliverTo?: Address
}

/** Rejects with errors whose `code` is `UNKNOWN_AGENT`, `UNKNOWN_JOB` or `INVALID_JOB`. */
export interface CronControl {
  list(agentId: string): Promise<readonly CronJobStatus[]>
  add(agentId: string, job: WantedCronJob): Promise<CronJobStatus>
  remove(agentId: string, jobId: string): Promise<void>
  /** Once and at once. */
  run(agentId: string, jobId: string): Promise<CronJobStatus>
}
