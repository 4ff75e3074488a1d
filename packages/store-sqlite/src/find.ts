import type { Delivery, Story, TurnRecord } from '@junctor/store'
import type { Context } from './context.ts'
import type { Database } from './database.ts'
import { toStored } from './exact-text.ts'
import {
  DELIVERY_SELECT,
  INBOX_SELECT,
  toDelivery,
  toInboxMessage,
  toTurn,
  type DeliveryRow,
  type InboxRow,
  type TurnRow,
} from './rows.ts'

/** Messages named by the id themselves, and those that a delivery named by the id answers. Oldest first. */
export function find({ database }: Context, id: string): readonly Story[] {
  const stored = toStored(id)
  const found = new Map<number, InboxRow>()
  const note = (rows: readonly InboxRow[]): void => {
    for (const row of rows) found.set(row.seq, row)
  }
  note(
    database.all<InboxRow>(`${INBOX_SELECT} WHERE inbox.id = ? OR native_id = ?`, stored, stored),
  )
  const deliveries = database.all<DeliveryRow>(
    `${DELIVERY_SELECT} WHERE outbox.id = ? OR native_id = ?`,
    stored,
    stored,
  )
  for (const delivery of deliveries) note(answeredBy(database, delivery))
  return [...found.values()]
    .sort((one, other) => one.seq - other.seq)
    .map((row) => toStory(database, row))
}

/** The message that the delivery names, else all that its turn consumed. */
function answeredBy(database: Database, delivery: DeliveryRow): readonly InboxRow[] {
  if (delivery.message_id !== null) {
    const named = database.all<InboxRow>(`${INBOX_SELECT} WHERE inbox.id = ?`, delivery.message_id)
    if (named.length > 0) return named
  }
  return database.all<InboxRow>(
    `${INBOX_SELECT} WHERE inbox.turn_no = ?1 AND inbox.session_no = (SELECT session_no FROM turns WHERE no = ?1)
       AND seq BETWEEN (SELECT first_seq FROM turns WHERE no = ?1) AND (SELECT last_seq FROM turns WHERE no = ?1)`,
    delivery.turn_no,
  )
}

function toStory(database: Database, row: InboxRow): Story {
  return {
    message: toInboxMessage(row),
    turns: turnsOf(database, row),
    deliveries: deliveriesOf(database, row),
  }
}

function turnsOf(database: Database, { turn_no }: InboxRow): readonly TurnRecord[] {
  if (turn_no === null) return []
  return database
    .all<TurnRow>(
      `SELECT id, started_at, ended_at, outcome, model, input_tokens, output_tokens, trace
       FROM turns WHERE no = ?`,
      turn_no,
    )
    .map(toTurn)
}

function deliveriesOf(database: Database, { id, turn_no }: InboxRow): readonly Delivery[] {
  return database
    .all<DeliveryRow>(
      `${DELIVERY_SELECT} WHERE outbox.turn_no = ? OR message_id = ? ORDER BY seq`,
      turn_no,
      id,
    )
    .map(toDelivery)
}
