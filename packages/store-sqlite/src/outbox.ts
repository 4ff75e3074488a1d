import type { AgentStore, Delivery, DeliveryOutcome, DeliveryState } from '@junctor/store'
import type { Context } from './context.ts'
import type { Database } from './database.ts'
import { fromStored, toStored } from './exact-text.ts'
import { DELIVERY_SELECT, toDelivery, type DeliveryRow } from './rows.ts'

type ClaimDeliveries = Parameters<AgentStore['claimDeliveries']>[0]

export function dueDeliveries(
  { database, now }: Context,
  { limit }: { readonly limit: number },
): readonly string[] {
  return database
    .all<{ session_key: string }>(
      `SELECT session_key FROM outbox JOIN sessions ON sessions.no = outbox.session_no
       WHERE due_at <= ? GROUP BY session_no ORDER BY min(due_at), min(seq) LIMIT ?`,
      now(),
      limit,
    )
    .map((row) => fromStored(row.session_key))
}

/** `due_at` is set on the oldest unfinished delivery of an address that has none in `sending`, and on no other. */
export function claimDeliveries(
  { database, now }: Context,
  { leaseMs, limit, sessionKey }: ClaimDeliveries,
): readonly Delivery[] {
  const at = now()
  // Most claims find nothing, and whole rows of four tables take three times as long to ask for.
  const due =
    sessionKey === undefined
      ? database.all<{ seq: number }>(
          'SELECT seq FROM outbox WHERE due_at <= ? ORDER BY due_at, seq LIMIT ?',
          at,
          limit,
        )
      : database.all<{ seq: number }>(
          `SELECT seq FROM outbox
           WHERE session_no = (SELECT no FROM sessions WHERE session_key = ?) AND due_at <= ?
           ORDER BY due_at, seq LIMIT ?`,
          toStored(sessionKey),
          at,
          limit,
        )
  if (due.length === 0) return []
  return database.transaction(() =>
    due.flatMap(({ seq }) => {
      database.run(
        `UPDATE outbox SET state = 'sending', attempts = attempts + 1, due_at = NULL, sender_until = ?
         WHERE seq = ?`,
        at + leaseMs,
        seq,
      )
      return database.all<DeliveryRow>(`${DELIVERY_SELECT} WHERE seq = ?`, seq).map(toDelivery)
    }),
  )
}

export interface QueuedAddress {
  readonly peer_no: number
  readonly thread: string
}

interface Queued extends QueuedAddress {
  readonly seq: number
  readonly state: DeliveryState
}

/** `sent` and `failed` are final: a late word about them changes nothing. */
export function settleDelivery({ database }: Context, id: string, outcome: DeliveryOutcome): void {
  const row = database.get<Queued>(
    'SELECT seq, peer_no, thread, state FROM outbox WHERE id = ?',
    toStored(id),
  )
  if (row === undefined || row.state === 'sent' || row.state === 'failed') return
  database.transaction(() => {
    write(database, row, outcome)
    refreshAddress(database, row)
  })
}

function write(database: Database, { seq, state }: Queued, outcome: DeliveryOutcome): void {
  switch (outcome.state) {
    case 'sent':
      database.run(
        `UPDATE outbox SET state = 'sent', native_id = ?, sent_at = ?, error = NULL, due_at = NULL,
           sender_until = NULL
         WHERE seq = ?`,
        toStored(outcome.nativeId),
        outcome.sentAt,
        seq,
      )
      return
    case 'pending':
      database.run(
        `UPDATE outbox SET state = 'pending', retry_at = ?, error = ?, due_at = NULL, sender_until = NULL
         WHERE seq = ?`,
        outcome.retryAt,
        outcome.error,
        seq,
      )
      return
    case 'unknown':
      database.run(
        `UPDATE outbox SET state = ?, error = ?, unknowns = unknowns + ?, retry_at = coalesce(?, retry_at),
           due_at = NULL, sender_until = NULL
         WHERE seq = ?`,
        outcome.resendAt === undefined ? 'unknown' : 'pending',
        outcome.error,
        state === 'unknown' ? 0 : 1,
        outcome.resendAt ?? null,
        seq,
      )
      return
    case 'failed':
      database.run(
        `UPDATE outbox SET state = 'failed', error = ?, due_at = NULL, sender_until = NULL WHERE seq = ?`,
        outcome.error,
        seq,
      )
  }
}

/** Looks up again which delivery of an address is next, after one of them changed. */
export function refreshAddress(database: Database, { peer_no, thread }: QueuedAddress): void {
  const sending = database.get(
    `SELECT 1 FROM outbox WHERE peer_no = ? AND thread = ? AND state = 'sending'`,
    peer_no,
    thread,
  )
  if (sending !== undefined) return
  const heads = database.all<{ seq: number; due_at: number | null }>(
    `SELECT seq, due_at FROM outbox WHERE peer_no = ? AND thread = ? AND state IN ('pending', 'sending')
     ORDER BY seq LIMIT 2`,
    peer_no,
    thread,
  )
  for (const [position, { seq, due_at }] of heads.entries()) {
    if (position === 0) database.run('UPDATE outbox SET due_at = retry_at WHERE seq = ?', seq)
    // An older one that is resent goes before the one that was next.
    else if (due_at !== null) database.run('UPDATE outbox SET due_at = NULL WHERE seq = ?', seq)
  }
}

export function recoverDeliveries(
  { database, now }: Context,
  { resend, mostResends = Infinity }: Parameters<AgentStore['recoverDeliveries']>[0],
): readonly Delivery[] {
  const at = now()
  const lost = database.all<DeliveryRow>(
    `${DELIVERY_SELECT} WHERE state = 'sending' AND sender_until <= ? ORDER BY seq`,
    at,
  )
  if (lost.length === 0) return []
  const error = 'The process that was sending it ended before it noted the answer.'
  const isResent = ({ unknowns }: DeliveryRow): boolean => resend && unknowns < mostResends
  database.transaction(() => {
    for (const row of lost) {
      write(database, row, { state: 'unknown', error, ...(isResent(row) ? { resendAt: at } : {}) })
      refreshAddress(database, row)
    }
  })
  return lost.map((row) =>
    toDelivery({
      ...row,
      state: isResent(row) ? 'pending' : 'unknown',
      unknowns: row.unknowns + 1,
      error,
    }),
  )
}

/** The senders are known to be gone: their deliveries may be recovered at once. */
export function endSenders(database: Database): void {
  database.run(`UPDATE outbox SET sender_until = 0 WHERE state = 'sending' AND sender_until > 0`)
}
