import type { AgentStore, Lease } from '@junctor/store'
import type { Context } from './context.ts'
import { toStored } from './exact-text.ts'
import { refreshLane } from './lane-head.ts'
import { leasedLane } from './lane.ts'

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

export function release(
  { database, now }: Context,
  lease: Lease,
  { retryAt, reason, uncounted = false }: Parameters<AgentStore['release']>[1],
): { readonly more: boolean } {
  return database.transaction(() => {
    const lane = leasedLane(database, lease)
    database.run(
      `UPDATE inbox SET state = 'pending', retry_at = ?, reason = ?, uncounted = uncounted + ?
       WHERE session_no = ? AND seq >= ? AND seq <= ? AND state = 'claimed'`,
      retryAt,
      reason,
      uncounted ? 1 : 0,
      lane.no,
      lane.head_seq,
      lane.last_seq,
    )
    database.run('UPDATE sessions SET owner = NULL WHERE no = ?', lane.no)
    return { more: refreshLane(database, lane.no, now()) }
  })
}
