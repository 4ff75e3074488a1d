import type { Commit, Lease, NewDelivery, TurnRecord } from '@junctor/store'
import { threadKey } from './address.ts'
import type { Context } from './context.ts'
import type { Database } from './database.ts'
import { toStored } from './exact-text.ts'
import { nextUnfinished } from './lane-head.ts'
import { leasedLane, type LaneRow } from './lane.ts'
import { ensurePeer } from './peers.ts'

export function commit(
  { database, now }: Context,
  lease: Lease,
  { turn, transcript, deliveries, outcome }: Commit,
): { readonly more: boolean } {
  return database.transaction(() => {
    const lane = leasedLane(database, lease)
    const at = now()
    const turnNo = insertTurn(database, lane, turn)
    for (const message of transcript)
      database.run(
        `INSERT INTO transcript (session_no, turn_no, at, role, message_id, parts)
         VALUES (?, ?, ?, ?, ?, ?)`,
        lane.no,
        turnNo,
        at,
        message.role,
        message.messageId === undefined ? null : toStored(message.messageId),
        JSON.stringify(message.parts),
      )
    for (const delivery of deliveries) insertDelivery(database, lane.no, turnNo, delivery, at)
    const ended = database.run(
      `UPDATE inbox SET state = ?, reason = ?, turn_no = ?
       WHERE session_no = ? AND seq >= ? AND seq <= ? AND state = 'claimed'`,
      outcome.state,
      outcome.state === 'dead' ? outcome.reason : null,
      turnNo,
      lane.no,
      lane.head_seq,
      lane.last_seq,
    )
    database.run('DELETE FROM journal WHERE session_no = ?', lane.no)
    const head = nextUnfinished(database, lane.no)
    database.run(
      `UPDATE sessions SET owner = NULL, last_seq = NULL, draft = NULL, head_seq = ?, queue = ?,
         available_at = ?, updated_at = ?, turns = turns + 1, input_tokens = input_tokens + ?,
         output_tokens = output_tokens + ?, model = ?, done_messages = done_messages + ?,
         deliveries = deliveries + ?
       WHERE no = ?`,
      head?.seq ?? null,
      head === undefined ? null : head.retry_at <= at ? 1 : 0,
      head?.retry_at ?? 0,
      at,
      turn.inputTokens,
      turn.outputTokens,
      turn.model,
      outcome.state === 'done' ? ended : 0,
      deliveries.length,
      lane.no,
    )
    return { more: head !== undefined }
  })
}

function insertTurn(database: Database, lane: LaneRow, turn: TurnRecord): number {
  return database.insert(
    `INSERT INTO turns (id, session_no, first_seq, last_seq, started_at, ended_at, outcome, model,
       input_tokens, output_tokens, trace)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    toStored(turn.id),
    lane.no,
    lane.head_seq,
    lane.last_seq,
    turn.startedAt,
    turn.endedAt,
    turn.outcome,
    turn.model,
    turn.inputTokens,
    turn.outputTokens,
    JSON.stringify(turn.trace),
  )
}

/** Due at once unless an older one to the same address is unfinished. */
function insertDelivery(
  database: Database,
  laneNo: number,
  turnNo: number,
  delivery: NewDelivery,
  at: number,
): void {
  const peerNo = ensurePeer(database, delivery.address)
  const thread = threadKey(delivery.address)
  const older = database.get(
    `SELECT 1 FROM outbox WHERE peer_no = ? AND thread = ? AND state IN ('pending', 'sending') LIMIT 1`,
    peerNo,
    thread,
  )
  database.run(
    `INSERT INTO outbox (id, session_no, turn_no, peer_no, thread, message_id, edit_of, state, created_at,
       retry_at, due_at, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?)`,
    toStored(delivery.id),
    laneNo,
    turnNo,
    peerNo,
    thread,
    delivery.messageId === undefined ? null : toStored(delivery.messageId),
    delivery.editOf === undefined ? null : toStored(delivery.editOf),
    at,
    at,
    older === undefined ? at : null,
    JSON.stringify(delivery.body),
  )
}
