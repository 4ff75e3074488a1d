import type { AgentStore, Answer, Backlog, Commit, NewMessage } from '@junctor/store'
import type { Context } from './context.ts'
import type { Database } from './database.ts'
import { fromStored } from './exact-text.ts'
import { journaledCalls } from './journal.ts'
import { ensureSession, findByReference, insertMessage, type SessionHead } from './new-message.ts'
import { INBOX_SELECT, toInboxMessage, type InboxRow } from './rows.ts'
import { writeTurn } from './write-turn.ts'

type Answered = Awaited<ReturnType<AgentStore['answer']>>

export function answer(
  context: Context,
  message: NewMessage,
  decide: (lane: Backlog) => Answer,
): Answered {
  const { database } = context
  const first = findByReference(database, message.reference)
  if (first !== undefined) return { status: 'duplicate', id: fromStored(first.id) }
  database.transaction(() => {
    const session = ensureSession(context, message.sessionKey)
    const change = decide(readBacklog(database, session))
    const turnNo = settle(context, message, session, change)
    if (change.stop !== undefined) stopLane(database, session.no, turnNo, change.stop)
  })
  return { status: 'answered', id: message.id }
}

/** Stores a message that has ended, with the turn that ends it. Answers the number of the turn. */
export function settle(
  context: Context,
  message: NewMessage,
  session: SessionHead,
  change: Commit,
): number {
  const { database } = context
  const seq = insertMessage(context, message, session, change.outcome)
  const range = { sessionNo: session.no, first: session.head_seq ?? seq, last: seq }
  const turnNo = writeTurn(database, range, change, context.now())
  database.run('UPDATE inbox SET turn_no = ? WHERE seq = ?', turnNo, seq)
  if (change.outcome.state === 'done')
    database.run('UPDATE sessions SET done_messages = done_messages + 1 WHERE no = ?', session.no)
  return turnNo
}

function readBacklog(database: Database, { no, head_seq }: SessionHead): Backlog {
  if (head_seq === null) return { messages: [], calls: [] }
  return {
    messages: database
      .all<InboxRow>(
        `${INBOX_SELECT} WHERE inbox.session_no = ? AND seq >= ? AND state IN ('pending', 'claimed')
         ORDER BY seq`,
        no,
        head_seq,
      )
      .map(toInboxMessage),
    calls: journaledCalls(database, no),
  }
}

function stopLane(database: Database, laneNo: number, turnNo: number, reason: string): void {
  database.run(
    `UPDATE inbox SET state = 'dead', reason = ?2, turn_no = ?3
     WHERE session_no = ?1 AND seq >= (SELECT head_seq FROM sessions WHERE no = ?1)
       AND state IN ('pending', 'claimed')`,
    laneNo,
    reason,
    turnNo,
  )
  database.run('DELETE FROM journal WHERE session_no = ?', laneNo)
  // Without an owner no lease fits the lane any more.
  database.run(
    `UPDATE sessions SET owner = NULL, last_seq = NULL, draft = NULL, head_seq = NULL, queue = NULL,
       available_at = 0 WHERE no = ?`,
    laneNo,
  )
}
