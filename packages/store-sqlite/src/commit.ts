import type { Commit, Lease } from '@junctor/store'
import type { Context } from './context.ts'
import { dropKept } from './kept.ts'
import { nextUnfinished } from './lane-head.ts'
import { leasedLane } from './lane.ts'
import { writeTurn } from './write-turn.ts'

export function commit(
  { database, now }: Context,
  lease: Lease,
  change: Commit,
): { readonly more: boolean } {
  const { outcome } = change
  return database.transaction(() => {
    const { no, head_seq: first, last_seq: last } = leasedLane(database, lease)
    const at = now()
    const range = { sessionNo: no, first: first ?? 0, last: last ?? 0 }
    const turnNo = writeTurn(database, range, change, at)
    if (change.kept !== undefined) dropKept(database, lease.sessionKey, change.kept)
    const ended = database.run(
      `UPDATE inbox SET state = ?, reason = ?, turn_no = ?
       WHERE session_no = ? AND seq >= ? AND seq <= ? AND state = 'claimed'`,
      outcome.state,
      outcome.state === 'dead' ? outcome.reason : null,
      turnNo,
      no,
      range.first,
      range.last,
    )
    database.run('DELETE FROM journal WHERE session_no = ?', no)
    const head = nextUnfinished(database, no)
    database.run(
      `UPDATE sessions SET owner = NULL, last_seq = NULL, draft = NULL, head_seq = ?, queue = ?,
         available_at = ?, done_messages = done_messages + ?
       WHERE no = ?`,
      head?.seq ?? null,
      head === undefined ? null : head.retry_at <= at ? 1 : 0,
      head?.retry_at ?? 0,
      outcome.state === 'done' ? ended : 0,
      no,
    )
    return { more: head !== undefined }
  })
}
