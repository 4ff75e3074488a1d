import type { AgentStore, MessageReference, NewMessage, Overflow } from '@junctor/store'
import { settle } from './answer.ts'
import type { Context } from './context.ts'
import type { Database } from './database.ts'
import { fromStored } from './exact-text.ts'
import { amendKept } from './kept.ts'
import { dropAttempt, refreshLane } from './lane-head.ts'
import { ensureSession, findByReference, insertMessage, type SessionHead } from './new-message.ts'

type Accepted = Awaited<ReturnType<AgentStore['accept']>>
type Amendment = Awaited<ReturnType<AgentStore['amend']>>

export function accept(context: Context, message: NewMessage, overflow?: Overflow): Accepted {
  const { database } = context
  const first = findByReference(database, message.reference)
  if (first !== undefined) return { status: 'duplicate', id: fromStored(first.id) }
  const status = database.transaction(() => {
    const session = ensureSession(context, message.sessionKey)
    if (overflow === undefined || hasRoom(database, session, overflow.mostWaiting)) {
      enqueue(context, message, session)
      return 'accepted'
    }
    const answer = overflow.answer()
    if (session.overflowed === 0) settle(context, message, session, answer)
    else insertMessage(context, message, session, answer.outcome)
    database.run('UPDATE sessions SET overflowed = 1 WHERE no = ?', session.no)
    return 'full'
  })
  return { status, id: message.id }
}

/** Counts no further than it must. */
function hasRoom(database: Database, { no, head_seq }: SessionHead, most: number): boolean {
  if (head_seq === null) return most > 0
  const counted = database.get<{ n: number }>(
    `SELECT count(*) AS n FROM (
       SELECT 1 FROM inbox WHERE session_no = ? AND seq >= ? AND state = 'pending' LIMIT ?)`,
    no,
    head_seq,
    most,
  )
  return (counted?.n ?? 0) < most
}

function enqueue(context: Context, message: NewMessage, session: SessionHead): void {
  const { database } = context
  const seq = insertMessage(context, message, session, { state: 'pending' })
  if (session.head_seq === null)
    database.run(
      'UPDATE sessions SET head_seq = ?, queue = 1, available_at = 0 WHERE no = ?',
      seq,
      session.no,
    )
  if (session.overflowed === 1)
    database.run('UPDATE sessions SET overflowed = 0 WHERE no = ?', session.no)
}

export function amend(
  { database, now }: Context,
  reference: MessageReference,
  change: Parameters<AgentStore['amend']>[1],
): Amendment {
  const row = findByReference(database, reference)
  if (row === undefined) return amendKept(database, reference, change)
  if (row.state !== 'pending') return 'too-late'
  database.transaction(() => {
    if ('body' in change) {
      const body = JSON.stringify(change.body)
      database.run('UPDATE inbox SET body = ? WHERE seq = ?', body, row.seq)
      return
    }
    database.run(
      `UPDATE inbox SET state = 'dead', reason = ? WHERE seq = ?`,
      change.withdrawn,
      row.seq,
    )
    dropAttempt(database, row.session_no)
    refreshLane(database, row.session_no, now())
  })
  return 'amended'
}
