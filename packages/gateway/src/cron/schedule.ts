import { Cron } from 'croner'
import { GatewayError } from '../errors.ts'

/** When a job runs. Times are milliseconds since 1970. A type alias, so that it is JSON. */
export type CronSchedule =
  /** Once. */
  | { readonly kind: 'at'; readonly at: number }
  /** Every so often, counted from a time. */
  | { readonly kind: 'every'; readonly everyMs: number; readonly from: number }
  /** By the clock of a time zone, in five or six fields. */
  | { readonly kind: 'cron'; readonly expression: string; readonly timeZone: string }

/** A schedule as people and models write it. Exactly one of `at`, `everyMs` and `cron`. */
export interface WrittenSchedule {
  /** Milliseconds since 1970, or as in `2026-12-24T18:00`, with an offset or by the clock of `timeZone`. */
  readonly at?: number | string
  readonly everyMs?: number
  readonly cron?: string
  /** As in `Europe/Berlin`. Default: the machine's own. */
  readonly timeZone?: string
}

export interface ScheduleLimits {
  readonly now: number
  readonly shortestIntervalMs: number
}

/** Runs that are looked at to find how close they come to each other. */
const RUNS_LOOKED_AT = 50
const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/

/** Throws `INVALID_JOB` for what is no schedule, never comes, or comes more often than it may. */
export function readSchedule(
  { at, everyMs, cron, timeZone = ownTimeZone() }: WrittenSchedule,
  limits: ScheduleLimits,
): CronSchedule {
  const { now, shortestIntervalMs } = limits
  if ([at, everyMs, cron].filter((part) => part !== undefined).length !== 1)
    throw invalid('say when: one of "at", "everyMs" and "cron"')
  if (!isTimeZone(timeZone))
    throw invalid(
      `there is no time zone ${JSON.stringify(timeZone)}; write it as in "Europe/Berlin"`,
    )
  if (at !== undefined) {
    const time = readTime(at, timeZone)
    if (time <= now) throw invalid(`${new Date(time).toISOString()} is over already`)
    return { kind: 'at', at: time }
  }
  if (everyMs !== undefined) {
    if (!Number.isSafeInteger(everyMs) || everyMs <= 0)
      throw invalid('"everyMs" must be a whole number of milliseconds')
    requireInterval(everyMs, shortestIntervalMs)
    return { kind: 'every', everyMs, from: now }
  }
  const schedule = { kind: 'cron', expression: (cron ?? '').trim(), timeZone } as const
  requireInterval(shortestGap(schedule, now), shortestIntervalMs)
  return schedule
}

/** The first time after `after`; undefined when there is none. */
export function nextTime(schedule: CronSchedule, after: number): number | undefined {
  switch (schedule.kind) {
    case 'at':
      return schedule.at > after ? schedule.at : undefined
    case 'every': {
      const { everyMs, from } = schedule
      return from + (Math.floor(Math.max(0, after - from) / everyMs) + 1) * everyMs
    }
    case 'cron':
      return compile(schedule).nextRun(new Date(after))?.getTime()
  }
}

/** `every 5 minutes`, `0 9 * * 1 (Europe/Berlin)`, `once, at 2026-12-24T17:00:00.000Z` */
export function describeSchedule(schedule: CronSchedule): string {
  switch (schedule.kind) {
    case 'at':
      return `once, at ${new Date(schedule.at).toISOString()}`
    case 'every':
      return `every ${durationText(schedule.everyMs)}`
    case 'cron':
      return `${schedule.expression} (${schedule.timeZone})`
  }
}

export function invalid(problem: string): GatewayError {
  return new GatewayError('INVALID_JOB', `Not scheduled: ${problem}.`)
}

function readTime(at: number | string, timeZone: string): number {
  if (typeof at === 'number' && Number.isSafeInteger(at)) return at
  if (typeof at === 'string' && isoTime.test(at)) {
    const time = once(at, timeZone)
    if (time !== undefined) return time
  }
  throw invalid(
    `${JSON.stringify(at)} is no time; write it as in "2026-12-24T18:00" or "2026-12-24T17:00:00Z"`,
  )
}

/** Undefined for a date that there is not. */
function once(at: string, timeZone: string): number | undefined {
  const [day = ''] = at.split('T')
  const date = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(day)) return undefined
  try {
    return new Cron(at, { timezone: timeZone, paused: true }).nextRun(new Date(0))?.getTime()
  } catch {
    return undefined
  }
}

function shortestGap(schedule: CronSchedule & { readonly kind: 'cron' }, now: number): number {
  let runs: readonly Date[]
  try {
    runs = compile(schedule).nextRuns(RUNS_LOOKED_AT, new Date(now))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayError(
      'INVALID_JOB',
      `Not scheduled: ${JSON.stringify(schedule.expression)} cannot be read (${reason}).`,
      { cause },
    )
  }
  if (runs.length === 0) throw invalid(`"${schedule.expression}" never comes`)
  const gaps = runs.slice(1).map((run, index) => run.getTime() - (runs[index]?.getTime() ?? 0))
  return Math.min(Infinity, ...gaps)
}

function compile({ expression, timeZone }: CronSchedule & { readonly kind: 'cron' }): Cron {
  return new Cron(expression, { timezone: timeZone, paused: true })
}

function requireInterval(intervalMs: number, shortestMs: number): void {
  if (intervalMs >= shortestMs) return
  throw invalid(
    `it would run every ${durationText(intervalMs)}, and cron.shortestIntervalMs allows no less than ${durationText(shortestMs)}`,
  )
}

function durationText(ms: number): string {
  const units = [
    ['days', 86_400_000],
    ['hours', 3_600_000],
    ['minutes', 60_000],
    ['seconds', 1_000],
  ] as const
  const [name, size] = units.find(([, unit]) => ms >= unit && ms % unit === 0) ?? ['ms', 1]
  return `${ms / size} ${name}`
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }) instanceof Intl.DateTimeFormat
  } catch {
    return false
  }
}

function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}
