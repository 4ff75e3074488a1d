import type { Counts } from '@junctor/store'
import type { Context } from './context.ts'
import type { Database } from './database.ts'

/** Reads sessions and unfinished rows only: what is done is summed up in the session rows. */
export function counts({ database }: Context): Counts {
  const totals = database.get<{ sessions: number; done: number; deliveries: number }>(
    `SELECT count(*) AS sessions, coalesce(sum(done_messages), 0) AS done,
       coalesce(sum(deliveries), 0) AS deliveries
     FROM sessions`,
  ) ?? { sessions: 0, done: 0, deliveries: 0 }

  const pending = unfinished(database, 'pending')
  const outbox = {
    pending: count(
      database,
      `SELECT count(*) AS n FROM outbox WHERE state IN ('pending', 'sending')`,
    ),
    sending: count(database, `SELECT count(*) AS n FROM outbox WHERE state = 'sending'`),
    unknown: count(database, troubled('unknown')),
    failed: count(database, troubled('failed')),
  }
  return {
    inbox: {
      pending,
      claimed: unfinished(database, 'claimed'),
      done: totals.done,
      dead: count(database, `SELECT count(*) AS n FROM inbox WHERE state = 'dead'`),
    },
    outbox: {
      ...outbox,
      pending: outbox.pending - outbox.sending,
      sent: totals.deliveries - outbox.pending - outbox.unknown - outbox.failed,
    },
    unknownDeliveries: count(database, 'SELECT count(*) AS n FROM outbox WHERE unknowns > 0'),
    sessions: totals.sessions,
  }
}

function unfinished(database: Database, state: 'pending' | 'claimed'): number {
  return count(
    database,
    `SELECT count(*) AS n FROM sessions CROSS JOIN inbox
     ON inbox.session_no = sessions.no AND seq >= head_seq
     WHERE queue IN (0, 1) AND state = '${state}'`,
  )
}

function troubled(state: 'unknown' | 'failed'): string {
  return `SELECT count(*) AS n FROM outbox WHERE state = '${state}' AND state IN ('unknown', 'failed')`
}

function count(database: Database, sql: string): number {
  return database.get<{ n: number }>(sql)?.n ?? 0
}
