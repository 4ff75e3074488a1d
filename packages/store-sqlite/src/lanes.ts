import {
  StoreError,
  type AgentStore,
  type ClaimOptions,
  type Lease,
  type Work,
} from '@junctor/store'
import type { Context } from './context.ts'
import type { Database } from './database.ts'
import { fromStored, toStored } from './exact-text.ts'
import { journaledCalls, parseDraft } from './journal.ts'
import { INBOX_SELECT, toInboxMessage, type InboxRow } from './rows.ts'

/** Row of `sessions` as a lane. While `owner` is set, `head_seq` to `last_seq` holds the claimed messages. */
export interface LaneRow {
  readonly no: number
  readonly session_key: string
  readonly token: number
  readonly owner: string | null
  readonly head_seq: number | null
  readonly last_seq: number | null
  readonly queue: number | null
  readonly available_at: number
  readonly draft: string | null
}

const LANE_COLUMNS = 'no, session_key, token, owner, head_seq, last_seq, queue, available_at, draft'

export function dueLanes(
  { database, now }: Context,
  { limit }: { readonly limit: number },
): readonly string[] {
  return database
    .all<{ session_key: string }>(
      `SELECT session_key FROM sessions WHERE queue = 1 OR (queue = 0 AND available_at <= ?)
       ORDER BY head_seq LIMIT ?`,
      now(),
      limit,
    )
    .map((row) => fromStored(row.session_key))
}

export function claim({ database, now }: Context, options: ClaimOptions): Work | undefined {
  const at = now()
  const lane =
    options.sessionKey === undefined
      ? oldestReadyLane(database, at)
      : availableLane(database, options.sessionKey, at)
  if (lane === undefined) return undefined
  return database.transaction(() => take(database, lane, options, at))
}

function oldestReadyLane(database: Database, at: number): LaneRow | undefined {
  const waits = database.get(
    'SELECT 1 FROM sessions WHERE queue = 0 AND available_at <= ? LIMIT 1',
    at,
  )
  if (waits !== undefined)
    database.run('UPDATE sessions SET queue = 1 WHERE queue = 0 AND available_at <= ?', at)
  return database.get<LaneRow>(
    `SELECT ${LANE_COLUMNS} FROM sessions WHERE queue = 1 ORDER BY head_seq LIMIT 1`,
  )
}

function availableLane(database: Database, sessionKey: string, at: number): LaneRow | undefined {
  const lane = findLane(database, sessionKey)
  if (lane === undefined || lane.queue === null) return undefined
  return lane.queue === 1 || lane.available_at <= at ? lane : undefined
}

function findLane(database: Database, sessionKey: string): LaneRow | undefined {
  return database.get<LaneRow>(
    `SELECT ${LANE_COLUMNS} FROM sessions WHERE session_key = ?`,
    toStored(sessionKey),
  )
}

function take(
  database: Database,
  lane: LaneRow,
  { owner, leaseMs, limit }: ClaimOptions,
  at: number,
): Work {
  const rows = oldestDue(database, lane, limit, at)
  const last = rows.at(-1)?.seq ?? null
  for (const { seq } of rows)
    database.run(`UPDATE inbox SET state = 'claimed', attempt = attempt + 1 WHERE seq = ?`, seq)
  if (lane.owner !== null)
    database.run(
      `UPDATE inbox SET state = 'pending' WHERE session_no = ? AND seq > ? AND seq <= ? AND state = 'claimed'`,
      lane.no,
      last,
      lane.last_seq,
    )
  const until = at + leaseMs
  const token = lane.token + 1
  database.run(
    'UPDATE sessions SET token = ?, owner = ?, last_seq = ?, queue = 0, available_at = ? WHERE no = ?',
    token,
    toStored(owner),
    last,
    until,
    lane.no,
  )
  return {
    lease: { sessionKey: fromStored(lane.session_key), token, until },
    messages: rows.map((row) =>
      toInboxMessage({ ...row, state: 'claimed', attempt: row.attempt + 1 }),
    ),
    calls: journaledCalls(database, lane.no),
    ...(lane.draft === null ? {} : { draft: parseDraft(lane.draft) }),
  }
}

/** A message that must wait holds back the ones behind it: the lane keeps the order of acceptance. */
function oldestDue(
  database: Database,
  lane: LaneRow,
  limit: number,
  at: number,
): readonly InboxRow[] {
  const rows = database.all<InboxRow>(
    `${INBOX_SELECT} WHERE inbox.session_no = ? AND seq >= ? AND state IN ('pending', 'claimed')
     ORDER BY seq LIMIT ?`,
    lane.no,
    lane.head_seq,
    Math.max(1, limit),
  )
  const waiting = rows.findIndex((row) => row.retry_at > at)
  return waiting === -1 ? rows : rows.slice(0, waiting)
}

export function renew(
  { database, now }: Context,
  lease: Lease,
  leaseMs: number,
): Lease | undefined {
  const until = now() + leaseMs
  const renewed = database.run(
    `UPDATE sessions SET queue = 0, available_at = ?
     WHERE session_key = ? AND token = ? AND owner IS NOT NULL`,
    until,
    toStored(lease.sessionKey),
    lease.token,
  )
  return renewed === 0 ? undefined : { ...lease, until }
}

/** The lane of a lease that still holds it. Rejects otherwise: the token fences holders whose lane was claimed again. */
export function leasedLane(database: Database, lease: Lease): LaneRow {
  const lane = findLane(database, lease.sessionKey)
  if (lane === undefined || lane.owner === null || lane.token !== lease.token)
    throw new StoreError(
      'LEASE_LOST',
      `The lease on ${lease.sessionKey} was lost: the lane was released, removed or claimed again. Nothing was written; stop this turn.`,
      { details: { sessionKey: lease.sessionKey, token: lease.token } },
    )
  return lane
}

export function release(
  { database, now }: Context,
  lease: Lease,
  { retryAt, reason }: Parameters<AgentStore['release']>[1],
): { readonly more: boolean } {
  return database.transaction(() => {
    const lane = leasedLane(database, lease)
    database.run(
      `UPDATE inbox SET state = 'pending', retry_at = ?, reason = ?
       WHERE session_no = ? AND seq >= ? AND seq <= ? AND state = 'claimed'`,
      retryAt,
      reason,
      lane.no,
      lane.head_seq,
      lane.last_seq,
    )
    database.run('UPDATE sessions SET owner = NULL WHERE no = ?', lane.no)
    return { more: refreshLane(database, lane.no, now()) }
  })
}

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
