import type { Lease } from '@junctor/store'
import { StoreError } from '@junctor/store'
import type { Database } from './database.ts'
import { toStored } from './exact-text.ts'

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

export const LANE_COLUMNS =
  'no, session_key, token, owner, head_seq, last_seq, queue, available_at, draft'

export function findLane(database: Database, sessionKey: string): LaneRow | undefined {
  return database.get<LaneRow>(
    `SELECT ${LANE_COLUMNS} FROM sessions WHERE session_key = ?`,
    toStored(sessionKey),
  )
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
