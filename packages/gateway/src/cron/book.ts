import type { Store } from '@junctor/store'
import { fieldOf, toJson } from '../envelopes.ts'
import type { CronJob } from './job.ts'

/** The jobs of agents, each in its agent's own table. Beside them is noted which agents have some, and when the next is due. */
export interface CronBook {
  jobs(agentId: string): Promise<readonly CronJob[]>
  job(agentId: string, jobId: string): Promise<CronJob | undefined>
  add(agentId: string, job: CronJob): Promise<void>
  /**
   * Changes a job that nobody has changed meanwhile; `change` is called again when somebody has. It is left alone where `change`
   * gives undefined. Answers the job as it is then; undefined when there is none.
   */
  change(
    agentId: string,
    jobId: string,
    change: (job: CronJob) => CronJob | undefined,
  ): Promise<CronJob | undefined>
  /** False when there was none. */
  remove(agentId: string, jobId: string): Promise<boolean>
  /** Agents whose next job is due. */
  due(now: number): Promise<readonly string[]>
  /** When the next job of any agent is due; undefined when none is. */
  nextAt(): Promise<number | undefined>
  /** Looks again when the next job of an agent is due. */
  settle(agentId: string): Promise<void>
  /** The agent's jobs have been removed with all else that it had. */
  forget(agentId: string): Promise<void>
}

const TABLE = 'cron'
/** A job that does not run again is kept for a week, for those who ask how it went. */
const KEPT_MS = 7 * 24 * 3_600_000
const NEVER = Number.MAX_SAFE_INTEGER

export function createCronBook(store: Store): CronBook {
  const index = store.gateway.table('cron-agents')
  const tableOf = (agentId: string) => store.agent(agentId).table(TABLE)

  const read = async (agentId: string, jobId: string): Promise<CronJob | undefined> => {
    const entry = await tableOf(agentId).get(jobId)
    return entry === undefined ? undefined : parseJob(entry.value)
  }
  const jobs = async (agentId: string): Promise<readonly CronJob[]> => {
    const found = await Promise.all(
      (await tableOf(agentId).list()).map((jobId) => read(agentId, jobId)),
    )
    return found.filter((job) => job !== undefined)
  }
  const dueAt = async (agentId: string): Promise<number> => {
    const at = fieldOf((await index.get(agentId))?.value ?? null, 'nextAt')
    return typeof at === 'number' ? at : 0
  }
  /** A write even where it changes nothing: who looks meanwhile when the next one is due looks again. */
  const hurry = async (agentId: string, nextAt = NEVER): Promise<void> => {
    for (;;) {
      const entry = await index.get(agentId)
      const before = fieldOf(entry?.value ?? null, 'nextAt')
      const next = typeof before === 'number' ? Math.min(before, nextAt) : nextAt
      if (await index.put(agentId, { nextAt: next }, { version: entry?.version ?? 0 })) return
    }
  }
  /** Said before, so that a process which dies leaves no job that nobody looks for, and after, for whoever looked in between. */
  const around = async <Result>(
    agentId: string,
    { nextAt }: CronJob,
    write: () => Promise<Result>,
  ): Promise<Result> => {
    await hurry(agentId, nextAt)
    const result = await write()
    await hurry(agentId, nextAt)
    return result
  }

  return {
    jobs,
    job: read,
    async add(agentId, job) {
      await around(agentId, job, () =>
        tableOf(agentId).put(job.id, toJson(job), { version: 0, ...keptOf(job) }),
      )
    },
    async change(agentId, jobId, change) {
      for (;;) {
        const entry = await tableOf(agentId).get(jobId)
        if (entry === undefined) return undefined
        const before = parseJob(entry.value)
        const after = change(before)
        if (after === undefined) return before
        const options = { version: entry.version, ...keptOf(after) }
        const put = () => tableOf(agentId).put(jobId, toJson(after), options)
        if (await around(agentId, after, put)) return after
      }
    },
    remove: (agentId, jobId) => tableOf(agentId).remove(jobId),
    async due(now) {
      const due: string[] = []
      for (const agentId of await index.list()) if ((await dueAt(agentId)) <= now) due.push(agentId)
      return due
    },
    async nextAt() {
      const times = await Promise.all((await index.list()).map(dueAt))
      const next = Math.min(NEVER, ...times)
      return next === NEVER ? undefined : next
    },
    async settle(agentId) {
      for (;;) {
        const entry = await index.get(agentId)
        if (entry === undefined) return
        const all = await jobs(agentId)
        const nextAt = Math.min(
          NEVER,
          ...all.map((job) => (job.enabled ? (job.nextAt ?? NEVER) : NEVER)),
        )
        if (await index.put(agentId, { nextAt }, { version: entry.version })) return
      }
    },
    async forget(agentId) {
      await index.remove(agentId)
    },
  }
}

function keptOf({ nextAt, enabled }: CronJob): { readonly ttlMs?: number } {
  return nextAt === undefined && enabled ? { ttlMs: KEPT_MS } : {}
}

/** Only this book writes to the table. */
function parseJob(value: unknown): CronJob {
  return value as CronJob
}
