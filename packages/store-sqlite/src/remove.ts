import type { Removed } from '@junctor/store'
import type { Context } from './context.ts'
import type { Database } from './database.ts'
import { toStored } from './exact-text.ts'
import { dropKept } from './kept.ts'
import { refreshAddress, type QueuedAddress } from './outbox.ts'

export const NOTHING_REMOVED: Removed = {
  messages: 0,
  transcript: 0,
  turns: 0,
  deliveries: 0,
  sessions: 0,
  tables: 0,
}

/** Removed content is overwritten (`secure_delete`) and leaves the log as well. */
export function removeSession({ database }: Context, sessionKey: string): Removed {
  const session = database.get<{ no: number; token: number }>(
    'SELECT no, token FROM sessions WHERE session_key = ?',
    toStored(sessionKey),
  )
  const removed = database.transaction(() => {
    const kept = dropKept(database, sessionKey)
    const rows = session === undefined ? NOTHING_REMOVED : removeRows(database, session)
    return { ...rows, messages: rows.messages + kept }
  })
  if (removed.messages === 0 && removed.sessions === 0) return removed
  database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
  return removed
}

function removeRows(
  database: Database,
  { no, token }: { readonly no: number; readonly token: number },
): Removed {
  const ofSession = 'turn_no IN (SELECT no FROM turns WHERE session_no = ?)'
  const addresses = database.all<QueuedAddress>(
    `SELECT peer_no, thread FROM inbox WHERE session_no = ?
     UNION SELECT peer_no, thread FROM outbox WHERE ${ofSession}`,
    no,
    no,
  )
  const deliveries = database.run(`DELETE FROM outbox WHERE ${ofSession}`, no)
  const transcript = database.run('DELETE FROM transcript WHERE session_no = ?', no)
  const turns = database.run('DELETE FROM turns WHERE session_no = ?', no)
  const messages = database.run('DELETE FROM inbox WHERE session_no = ?', no)
  database.run('DELETE FROM journal WHERE session_no = ?', no)
  // A lease on the removed lane must not fit a lane of the same name that is made later.
  database.run('UPDATE fence SET token = max(token, ?)', token)
  const sessions = database.run('DELETE FROM sessions WHERE no = ?', no)
  for (const address of addresses) {
    refreshAddress(database, address)
    removePeerWithoutRows(database, address.peer_no)
  }
  return { messages, transcript, turns, deliveries, sessions, tables: 0 }
}

function removePeerWithoutRows(database: Database, peerNo: number): void {
  database.run(
    `DELETE FROM peers WHERE no = ?1
       AND NOT EXISTS (SELECT 1 FROM inbox WHERE peer_no = ?1)
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE peer_no = ?1 AND state IN ('pending', 'sending'))
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE peer_no = ?1 AND state = 'sent')
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE peer_no = ?1 AND state IN ('unknown', 'failed'))`,
    peerNo,
  )
}

/** Everything in the database, as it would be removed. */
export function countAll(database: Database): Removed {
  const rows = (table: string): number =>
    database.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n ?? 0
  return {
    messages: rows('inbox') + rows('kept'),
    transcript: rows('transcript'),
    turns: rows('turns'),
    deliveries: rows('outbox'),
    sessions: rows('sessions'),
    tables: rows('entries'),
  }
}

/** A token that no lease of this database exceeds. */
export function highestToken(database: Database): number {
  return (
    database.get<{ token: number }>(
      'SELECT max((SELECT token FROM fence), (SELECT coalesce(max(token), 0) FROM sessions)) AS token',
    )?.token ?? 0
  )
}
