import type {
  Delivery,
  InboxMessage,
  JsonValue,
  TranscriptMessage,
  TurnRecord,
} from '@junctor/store'
import { toAddress } from './address.ts'
import { fromStored } from './exact-text.ts'

export const INBOX_SELECT = `
  SELECT inbox.seq, inbox.id, sessions.session_key, peers.key AS peer, thread, native_id, state, attempt, uncounted,
    alone, accepted_at, retry_at, turns.id AS turn_id, inbox.turn_no, reason, body, inbox.trace
  FROM inbox
  JOIN sessions ON sessions.no = inbox.session_no
  JOIN peers ON peers.no = inbox.peer_no
  LEFT JOIN turns ON turns.no = inbox.turn_no`

export interface InboxRow {
  readonly seq: number
  readonly id: string
  readonly session_key: string
  readonly peer: string
  readonly thread: string
  readonly native_id: string
  readonly state: InboxMessage['state']
  readonly attempt: number
  readonly uncounted: number
  readonly alone: number
  readonly accepted_at: number
  readonly retry_at: number
  readonly turn_id: string | null
  readonly turn_no: number | null
  readonly reason: string | null
  readonly body: string
  readonly trace: string
}

export function toInboxMessage(row: InboxRow): InboxMessage {
  return {
    id: fromStored(row.id),
    reference: { ...toAddress(row.peer, row.thread), nativeId: fromStored(row.native_id) },
    sessionKey: fromStored(row.session_key),
    body: parseJson(row.body),
    trace: parseJson(row.trace),
    state: row.state,
    attempt: row.attempt - row.uncounted,
    acceptedAt: row.accepted_at,
    ...(row.alone === 0 ? {} : { alone: true }),
    ...(row.turn_id === null ? {} : { turnId: fromStored(row.turn_id) }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  }
}

export const DELIVERY_SELECT = `
  SELECT outbox.seq, outbox.id, sessions.session_key, turns.id AS turn_id, outbox.turn_no, peers.key AS peer, peer_no,
    thread, message_id, edit_of, state, attempts, unknowns, outbox.created_at, sent_at, native_id, error, body
  FROM outbox
  JOIN sessions ON sessions.no = outbox.session_no
  JOIN peers ON peers.no = outbox.peer_no
  JOIN turns ON turns.no = outbox.turn_no`

export interface DeliveryRow {
  readonly seq: number
  readonly id: string
  readonly session_key: string
  readonly turn_id: string
  readonly turn_no: number
  readonly peer: string
  readonly peer_no: number
  readonly thread: string
  readonly message_id: string | null
  readonly edit_of: string | null
  readonly state: Delivery['state']
  readonly attempts: number
  readonly unknowns: number
  readonly created_at: number
  readonly sent_at: number | null
  readonly native_id: string | null
  readonly error: string | null
  readonly body: string
}

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: fromStored(row.id),
    sessionKey: fromStored(row.session_key),
    turnId: fromStored(row.turn_id),
    address: toAddress(row.peer, row.thread),
    body: parseJson(row.body),
    state: row.state,
    attempts: row.attempts,
    unknowns: row.unknowns,
    createdAt: row.created_at,
    ...(row.message_id === null ? {} : { messageId: fromStored(row.message_id) }),
    ...(row.edit_of === null ? {} : { editOf: fromStored(row.edit_of) }),
    ...(row.sent_at === null ? {} : { sentAt: row.sent_at }),
    ...(row.native_id === null ? {} : { nativeId: fromStored(row.native_id) }),
    ...(row.error === null ? {} : { error: row.error }),
  }
}

export interface TurnRow {
  readonly id: string
  readonly started_at: number
  readonly ended_at: number
  readonly outcome: TurnRecord['outcome']
  readonly model: string
  readonly input_tokens: number
  readonly output_tokens: number
  readonly trace: string
}

export function toTurn(row: TurnRow): TurnRecord {
  return {
    id: fromStored(row.id),
    startedAt: row.started_at,
    endedAt: row.ended_at,
    outcome: row.outcome,
    model: row.model,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    trace: parseJson(row.trace),
  }
}

export interface TranscriptRow {
  readonly seq: number
  readonly at: number
  readonly role: TranscriptMessage['role']
  readonly message_id: string | null
  readonly turn_id: string
  readonly parts: string
}

export function toTranscriptMessage(sessionKey: string, row: TranscriptRow): TranscriptMessage {
  return {
    seq: row.seq,
    sessionKey,
    turnId: fromStored(row.turn_id),
    at: row.at,
    role: row.role,
    parts: JSON.parse(row.parts) as readonly JsonValue[],
    ...(row.message_id === null ? {} : { messageId: fromStored(row.message_id) }),
  }
}

export function parseJson(text: string): JsonValue {
  return JSON.parse(text) as JsonValue
}
