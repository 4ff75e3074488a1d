import type { GatewayStore, Leases, Refusal, RefusalBounds } from '@junctor/store'
import { peerKey, threadKey, toAddress } from './address.ts'
import type { Database } from './database.ts'
import { fromStored, toStored } from './exact-text.ts'
import type { Access } from './handle.ts'
import { parseJson } from './rows.ts'
import { openTable } from './table.ts'

export function createGatewayStore(access: Access): GatewayStore {
  return {
    async refuse(refusal, bounds = {}) {
      const { database } = access.creating()
      return database.transaction(() => {
        const seq = insertRefusal(database, refusal)
        if (seq === undefined) return 'duplicate'
        dropOldRefusals(database, peerKey(refusal.reference), seq, bounds)
        return 'recorded'
      })
    },
    async findRefusals(id) {
      const stored = toStored(id)
      return access
        .reading()
        .database.all<RefusalRow>(
          `SELECT id, peer, thread, native_id, at, reason, trace FROM refusals
           WHERE id = ? OR native_id = ? ORDER BY at DESC, seq DESC`,
          stored,
          stored,
        )
        .map(toRefusal)
    },
    async countRefusals() {
      // The newest row is never removed, so its number is the count.
      const { database } = access.reading()
      return database.get<{ n: number }>('SELECT coalesce(max(seq), 0) AS n FROM refusals')?.n ?? 0
    },
    leases: createLeases(access),
    table: (name) => openTable(access, name),
  }
}

/** The number of the new row; undefined for a duplicate. */
function insertRefusal(database: Database, refusal: Refusal): number | undefined {
  const row = database.get<{ seq: number }>(
    `INSERT INTO refusals (id, peer, thread, native_id, at, reason, trace) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING RETURNING seq`,
    toStored(refusal.id),
    peerKey(refusal.reference),
    threadKey(refusal.reference),
    toStored(refusal.reference.nativeId),
    refusal.at,
    refusal.reason,
    JSON.stringify(refusal.trace),
  )
  return row?.seq
}

function dropOldRefusals(
  database: Database,
  peer: string,
  seq: number,
  { keep, keepPerPeer }: RefusalBounds,
): void {
  if (keepPerPeer !== undefined)
    database.run(
      `DELETE FROM refusals WHERE peer = ?1 AND seq <= (
         SELECT seq FROM refusals WHERE peer = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)`,
      peer,
      Math.max(1, keepPerPeer),
    )
  if (keep === undefined || seq % Math.max(1, Math.floor(keep / 50)) !== 0) return
  // Reads as many entries as it keeps: not at every refusal.
  database.run(
    'DELETE FROM refusals WHERE seq <= (SELECT seq FROM refusals ORDER BY seq DESC LIMIT 1 OFFSET ?)',
    Math.max(1, keep),
  )
}

interface RefusalRow {
  readonly id: string
  readonly peer: string
  readonly thread: string
  readonly native_id: string
  readonly at: number
  readonly reason: string
  readonly trace: string
}

function toRefusal(row: RefusalRow): Refusal {
  return {
    id: fromStored(row.id),
    reference: { ...toAddress(row.peer, row.thread), nativeId: fromStored(row.native_id) },
    at: row.at,
    reason: row.reason,
    trace: parseJson(row.trace),
  }
}

/** The row of a released lease stays: its token goes on from there. */
function createLeases(access: Access): Leases {
  return {
    async acquire(name, { owner, ttlMs }) {
      const { database, now } = access.creating()
      const at = now()
      const key = toStored(name)
      const holder = toStored(owner)
      return database.transaction(() => {
        const row = database.get<{ owner: string | null; token: number; until: number }>(
          'SELECT owner, token, until FROM leases WHERE name = ?',
          key,
        )
        const isOwn = row?.owner === holder
        if (row !== undefined && row.owner !== null && !isOwn && row.until > at) return undefined
        const token = isOwn ? row.token : (row?.token ?? 0) + 1
        const until = at + ttlMs
        database.run(
          `INSERT INTO leases (name, owner, token, until) VALUES (?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET owner = excluded.owner, token = excluded.token, until = excluded.until`,
          key,
          holder,
          token,
          until,
        )
        return { token, until }
      })
    },
    async release(name, { owner }) {
      access
        .writing()
        .database.run(
          'UPDATE leases SET owner = NULL WHERE name = ? AND owner = ?',
          toStored(name),
          toStored(owner),
        )
    },
  }
}

/** The holders are known to be gone. */
export function endAccountLeases(database: Database): void {
  database.run('UPDATE leases SET owner = NULL WHERE owner IS NOT NULL')
}
