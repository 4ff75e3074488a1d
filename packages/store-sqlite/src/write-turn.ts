import type {
  Commit,
  NewDelivery,
  NewTranscriptMessage,
  SessionChange,
  TurnRecord,
} from '@junctor/store'
import { threadKey } from './address.ts'
import type { Database } from './database.ts'
import { toStored } from './exact-text.ts'
import { ensurePeer } from './peers.ts'

/** The messages that a turn consumes lie in this range of the lane. */
export interface TurnRange {
  readonly sessionNo: number
  readonly first: number
  readonly last: number
}

/** Everything of a commit but what becomes of its messages. Answers the number of the turn. */
export function writeTurn(
  database: Database,
  range: TurnRange,
  { turn, transcript, deliveries, session }: Commit,
  at: number,
): number {
  const { sessionNo } = range
  if (session !== undefined) changeSession(database, sessionNo, session)
  const turnNo = insertTurn(database, range, turn)
  for (const message of transcript) insertTranscript(database, sessionNo, turnNo, message, at)
  for (const delivery of deliveries) insertDelivery(database, sessionNo, turnNo, delivery, at)
  if (turn.outcome === 'command')
    database.run(
      'UPDATE sessions SET deliveries = deliveries + ? WHERE no = ?',
      deliveries.length,
      sessionNo,
    )
  else
    database.run(
      `UPDATE sessions SET updated_at = ?, turns = turns + 1, input_tokens = input_tokens + ?,
         output_tokens = output_tokens + ?, model = ?, deliveries = deliveries + ? WHERE no = ?`,
      at,
      turn.inputTokens,
      turn.outputTokens,
      turn.model,
      deliveries.length,
      sessionNo,
    )
  return turnNo
}

function changeSession(
  database: Database,
  sessionNo: number,
  { sessionId, settings }: SessionChange,
): void {
  if (sessionId !== undefined)
    database.run(
      `UPDATE sessions SET session_id = ?2, turns = 0, input_tokens = 0, output_tokens = 0,
         began_after = (SELECT coalesce(max(seq), 0) FROM transcript WHERE session_no = ?1)
       WHERE no = ?1`,
      sessionNo,
      toStored(sessionId),
    )
  if (settings !== undefined)
    // A merge patch removes what is null: https://www.sqlite.org/json1.html#jpatch
    database.run(
      'UPDATE sessions SET settings = json_patch(settings, ?) WHERE no = ?',
      JSON.stringify(settings),
      sessionNo,
    )
}

/** Answers the `seq` of the row. */
export function insertTranscript(
  database: Database,
  sessionNo: number,
  turnNo: number,
  { role, parts, messageId }: NewTranscriptMessage,
  at: number,
): number {
  return database.insert(
    `INSERT INTO transcript (session_no, turn_no, at, role, message_id, parts)
     VALUES (?, ?, ?, ?, ?, ?)`,
    sessionNo,
    turnNo,
    at,
    role,
    messageId === undefined ? null : toStored(messageId),
    JSON.stringify(parts),
  )
}

export function insertTurn(database: Database, range: TurnRange, turn: TurnRecord): number {
  return database.insert(
    `INSERT INTO turns (id, session_no, first_seq, last_seq, started_at, ended_at, outcome, model,
       input_tokens, output_tokens, trace)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    toStored(turn.id),
    range.sessionNo,
    range.first,
    range.last,
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
    `INSERT INTO outbox (id, session_no, turn_no, peer_no, thread, message_id, edit_of, state, unknowns,
       created_at, retry_at, due_at, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?)`,
    toStored(delivery.id),
    laneNo,
    turnNo,
    peerNo,
    thread,
    delivery.messageId === undefined ? null : toStored(delivery.messageId),
    delivery.editOf === undefined ? null : toStored(delivery.editOf),
    delivery.unknowns ?? 0,
    at,
    at,
    older === undefined ? at : null,
    JSON.stringify(delivery.body),
  )
}
