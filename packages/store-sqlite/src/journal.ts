import type { Draft, JournaledCall, Lease } from '@junctor/store'
import type { Context } from './context.ts'
import type { Database } from './database.ts'
import { fromStored, toStored } from './exact-text.ts'
import { leasedLane } from './lane.ts'
import { parseJson } from './rows.ts'

export function journal({ database }: Context, lease: Lease, call: JournaledCall): void {
  database.transaction(() => {
    database.run(
      `INSERT INTO journal (session_no, call_id, name, input, result) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET name = excluded.name, input = excluded.input, result = excluded.result`,
      leasedLane(database, lease).no,
      toStored(call.callId),
      toStored(call.name),
      JSON.stringify(call.input),
      call.result === undefined ? null : JSON.stringify(call.result),
    )
  })
}

export function draft({ database }: Context, lease: Lease, shown: Draft): void {
  database.transaction(() => {
    const { no } = leasedLane(database, lease)
    database.run('UPDATE sessions SET draft = ? WHERE no = ?', JSON.stringify(shown), no)
  })
}

interface CallRow {
  readonly call_id: string
  readonly name: string
  readonly input: string
  readonly result: string | null
}

export function journaledCalls(database: Database, laneNo: number): readonly JournaledCall[] {
  return database
    .all<CallRow>(
      'SELECT call_id, name, input, result FROM journal WHERE session_no = ? ORDER BY no',
      laneNo,
    )
    .map((row) => ({
      callId: fromStored(row.call_id),
      name: fromStored(row.name),
      input: parseJson(row.input),
      ...(row.result === null
        ? {}
        : { result: JSON.parse(row.result) as NonNullable<JournaledCall['result']> }),
    }))
}

export function parseDraft(text: string): Draft {
  return JSON.parse(text) as Draft
}
