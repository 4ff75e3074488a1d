import type { AgentStore, ClaimOptions, InboxMessage, Lease, Work } from '@junctor/store'
import type { Context } from './context.ts'
import type { Database } from './database.ts'
import { fromStored, toStored } from './exact-text.ts'
import { journaledCalls, parseDraft } from './journal.ts'
import { findLane, LANE_COLUMNS, leasedLane, type LaneRow } from './lane.ts'
import { INBOX_SELECT, toInboxMessage, type InboxRow } from './rows.ts'

export function dueLanes(
  { database, now }: Context,
  { limit }: { readonly limit: number },
): readonly string[] {
  return database
    .all<{ session_key: string }>(
      `SELECT session_key, head_seq FROM sessions WHERE queue = 1
       UNION ALL SELECT session_key, head_seq FROM sessions WHERE queue = 0 AND available_at <= ?
       ORDER BY head_seq LIMIT ?`,
      now(),
      limit,
    )
    .map((row) => fromStored(row.session_key))
}

export function extend(
  { database, now }: Context,
  lease: Lease,
  { limit, maxAttempts = Number.MAX_SAFE_INTEGER }: Parameters<AgentStore['extend']>[1],
): readonly InboxMessage[] {
  const at = now()
  return database.transaction(() => {
    const lane = leasedLane(database, lease)
    const [last, ...following] = database.all<InboxRow>(
      `${INBOX_SELECT} WHERE inbox.session_no = ? AND seq >= ? AND state IN ('pending', 'claimed')
       ORDER BY seq LIMIT ?`,
      lane.no,
      lane.last_seq,
      Math.max(0, limit) + 1,
    )
    if (last === undefined) return []
    const rows = following.slice(0, countJoinable(last, following, at, maxAttempts))
    const newest = rows.at(-1)
    if (newest === undefined) return []
    begin(database, rows)
    database.run('UPDATE sessions SET last_seq = ? WHERE no = ?', newest.seq, lane.no)
    return rows.map(toBegun)
  })
}

export function claim({ database, now }: Context, options: ClaimOptions): Work | undefined {
  const at = now()
  const lane =
    options.sessionKey === undefined
      ? oldestReadyLane(database, at, options.maxAttempts)
      : availableLane(database, options.sessionKey, at)
  if (lane === undefined) return undefined
  return database.transaction(() => take(database, lane, options, at))
}

function oldestReadyLane(
  database: Database,
  at: number,
  maxAttempts = Number.MAX_SAFE_INTEGER,
): LaneRow | undefined {
  const waits = database.get(
    'SELECT 1 FROM sessions WHERE queue = 0 AND available_at <= ? LIMIT 1',
    at,
  )
  if (waits !== undefined)
    database.run('UPDATE sessions SET queue = 1 WHERE queue = 0 AND available_at <= ?', at)
  return database.get<LaneRow>(
    `SELECT ${LANE_COLUMNS} FROM sessions JOIN inbox ON inbox.seq = head_seq
     WHERE queue = 1 AND attempt - uncounted < ? ORDER BY head_seq LIMIT 1`,
    maxAttempts,
  )
}

function availableLane(database: Database, sessionKey: string, at: number): LaneRow | undefined {
  const lane = findLane(database, sessionKey)
  if (lane === undefined || lane.queue === null) return undefined
  return lane.queue === 1 || lane.available_at <= at ? lane : undefined
}

function take(
  database: Database,
  lane: LaneRow,
  { owner, leaseMs, limit, maxAttempts = Number.MAX_SAFE_INTEGER }: ClaimOptions,
  at: number,
): Work | undefined {
  const rows = oldestUnfinished(database, lane, limit)
  const [head] = rows
  if (head !== undefined && attemptOf(head) >= maxAttempts) return undefined
  const last = rows.at(-1)?.seq ?? null
  begin(database, rows)
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
    messages: rows.map(toBegun),
    calls: journaledCalls(database, lane.no),
    ...(lane.draft === null ? {} : { draft: parseDraft(lane.draft) }),
  }
}

/** All of them are due with the head: one that was given back was given back together with those before it. */
function oldestUnfinished(database: Database, lane: LaneRow, limit: number): readonly InboxRow[] {
  const [head, ...following] = database.all<InboxRow>(
    `${INBOX_SELECT} WHERE inbox.session_no = ? AND seq >= ? AND state IN ('pending', 'claimed')
     ORDER BY seq LIMIT ?`,
    lane.no,
    lane.head_seq,
    Math.max(1, limit),
  )
  if (head === undefined) return []
  return [head, ...following.slice(0, countJoinable(head, following))]
}

/** How many of the following messages one turn may take together with the first. */
function countJoinable(
  first: InboxRow,
  following: readonly InboxRow[],
  at = Number.MAX_VALUE,
  maxAttempts = Number.MAX_SAFE_INTEGER,
): number {
  const ends = (row: InboxRow): boolean =>
    first.alone === 1 ||
    row.alone === 1 ||
    row.peer !== first.peer ||
    row.thread !== first.thread ||
    row.retry_at > at ||
    attemptOf(row) >= maxAttempts
  const end = following.findIndex(ends)
  return end === -1 ? following.length : end
}

function attemptOf({ attempt, uncounted }: InboxRow): number {
  return attempt - uncounted
}

function begin(database: Database, rows: readonly InboxRow[]): void {
  for (const { seq } of rows)
    database.run(`UPDATE inbox SET state = 'claimed', attempt = attempt + 1 WHERE seq = ?`, seq)
}

function toBegun(row: InboxRow): InboxMessage {
  return toInboxMessage({ ...row, state: 'claimed', attempt: row.attempt + 1 })
}
