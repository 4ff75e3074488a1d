import type { Database } from './database.ts'

/** Looks the head up again after rows of the lane ended. Answers whether one waits. Leaves a held lane's lease alone. */
export function refreshLane(database: Database, laneNo: number, at: number): boolean {
  const head = nextUnfinished(database, laneNo)
  if (head === undefined) {
    database.run(
      'UPDATE sessions SET head_seq = NULL, queue = NULL, available_at = 0 WHERE no = ?',
      laneNo,
    )
    return false
  }
  database.run(
    `UPDATE sessions SET head_seq = ?,
       queue = CASE WHEN owner IS NOT NULL THEN queue ELSE ? END,
       available_at = CASE WHEN owner IS NOT NULL THEN available_at ELSE ? END
     WHERE no = ?`,
    head.seq,
    head.retry_at <= at ? 1 : 0,
    head.retry_at,
    laneNo,
  )
  return true
}

/** Reads on from the old head: everything below it has ended. */
export function nextUnfinished(
  database: Database,
  laneNo: number,
): { readonly seq: number; readonly retry_at: number } | undefined {
  return database.get<{ seq: number; retry_at: number }>(
    `SELECT seq, retry_at FROM inbox
     WHERE session_no = ?1 AND seq >= (SELECT head_seq FROM sessions WHERE no = ?1)
       AND state IN ('pending', 'claimed')
     ORDER BY seq LIMIT 1`,
    laneNo,
  )
}

/** Forgets journal and draft once no message of the attempt that wrote them is left. */
export function dropAttempt(database: Database, laneNo: number): void {
  const attempted = database.get(
    `SELECT 1 FROM inbox
     WHERE session_no = ?1 AND seq >= (SELECT head_seq FROM sessions WHERE no = ?1)
       AND state IN ('pending', 'claimed') AND attempt > 0 LIMIT 1`,
    laneNo,
  )
  if (attempted !== undefined) return
  database.run('DELETE FROM journal WHERE session_no = ?', laneNo)
  database.run('UPDATE sessions SET draft = NULL WHERE no = ?', laneNo)
}

/** The holders are known to be gone: their lanes may be claimed at once. */
export function endLeases(database: Database): void {
  database.run('UPDATE sessions SET queue = 1 WHERE queue = 0 AND owner IS NOT NULL')
}
