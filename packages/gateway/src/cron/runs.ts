import type { Logger } from '@junctor/channel'
import { sessionKey } from '@junctor/session-key'
import type { Store } from '@junctor/store'
import type { Answers } from '../internal/answers.ts'
import { createErrands } from '../internal/errands.ts'
import type { InternalPost, Post } from '../internal/post.ts'
import { SKIP } from '../mail.ts'
import type { CronBook } from './book.ts'
import { backOffMs, withRun, type CronJob, type CronRun } from './job.ts'

export interface CronRuns {
  /**
   * Puts the job's message into its session for a run that the job has written down: once for each time that it is due, however
   * often it is begun.
   */
  begin(agentId: string, job: CronJob, run: CronRun): Promise<void>
  turnEnded(sessionKey: string): void
  /** Goes on with what a missed event or a dead process left. */
  sweep(): Promise<void>
  idle(): Promise<void>
}

export interface CronRunsOptions {
  readonly store: Store
  readonly book: CronBook
  readonly post: Post
  readonly answers: Answers
  readonly mainKey: () => string
  readonly now: () => number
  readonly log: Logger
}

type Next = { readonly agentId: string; readonly jobId: string; readonly dueAt: number }

export function createCronRuns(options: CronRunsOptions): CronRuns {
  const { store, book, post, answers, now, log } = options
  const errands = createErrands<Next>({
    store,
    name: 'cron-runs',
    post,
    answers,
    async ended({ next: { agentId, jobId, dueAt } }, { outcome, text, reason }, messageId) {
      const said = outcome === 'failed' ? reason : text
      const job = await book.change(agentId, jobId, (before) => {
        const run = before.runs.find((each) => each.dueAt === dueAt)
        if (run?.status !== 'running') return undefined
        const failures = outcome === 'failed' ? before.failures + 1 : 0
        const after = withRun(
          { ...before, failures },
          { ...run, status: outcome, messageId, ...(said === undefined ? {} : { text: said }) },
        )
        if (after.nextAt === undefined) return after
        return { ...after, nextAt: Math.max(after.nextAt, now() + backOffMs(failures)) }
      })
      if (job === undefined || outcome !== 'failed') return
      const facts = { agentId, jobId, messageId, failures: job.failures }
      log.warn(facts, `cron job "${job.name}" failed: ${reason ?? 'no reason is known'}`)
    },
    log,
  })

  const postOf = (agentId: string, job: CronJob, run: CronRun): InternalPost => ({
    origin: { kind: 'cron', jobId: job.id },
    key: `${job.id}@${run.dueAt}`,
    sessionKey:
      job.session === 'isolated'
        ? sessionKey({ kind: 'cron', agentId, id: job.id })
        : sessionKey({ kind: 'main', agentId, mainKey: options.mainKey() }),
    text: textOf(job, run),
    ...(job.answerTo === undefined ? {} : { answerTo: job.answerTo }),
  })

  return {
    async begin(agentId, job, run) {
      const { dueAt } = run
      const next = { agentId, jobId: job.id, dueAt }
      const { id: messageId } = await errands.begin({ post: postOf(agentId, job, run), next })
      await book.change(agentId, job.id, (before) => {
        // Its turn may have ended already.
        const found = before.runs.find((each) => each.dueAt === dueAt)
        return found && withRun(before, { ...found, messageId })
      })
    },
    turnEnded: errands.turnEnded,
    sweep: errands.sweep,
    idle: errands.idle,
  }
}

/** The message as the agent reads it. */
function textOf({ name, message, answerTo }: CronJob, { dueAt, isLate }: CronRun): string {
  const due = new Date(dueAt).toISOString()
  const late = isLate === true ? ', late: nothing ran here then' : ''
  const goal =
    answerTo === undefined
      ? 'Nobody is sent your answer.'
      : `Your answer is sent to where the job was made. To send nothing, answer ${SKIP}.`
  return `[Your cron job "${name}" is due (${due}${late}). ${goal}]\n\n${message}`
}
