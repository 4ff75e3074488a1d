import type { Commit, InboxState, MessageReference, NewMessage } from '@junctor/store'
import { threadKey } from './address.ts'
import type { Context } from './context.ts'
import type { Database } from './database.ts'
import { toStored } from './exact-text.ts'
import { ensurePeer, findPeer } from './peers.ts'

interface ReferenceRow {
  readonly seq: number
  readonly id: string
  readonly session_no: number
  readonly state: InboxState
}

export function findByReference(
  database: Database,
  reference: MessageReference,
): ReferenceRow | undefined {
  const peer = findPeer(database, reference)
  if (peer === undefined) return undefined
  return database.get<ReferenceRow>(
    'SELECT seq, id, session_no, state FROM inbox WHERE native_id = ? AND peer_no = ?',
    toStored(reference.nativeId),
    peer,
  )
}

/** What is asked of a session whenever a message arrives in it. */
export interface SessionHead {
  readonly no: number
  readonly head_seq: number | null
  readonly overflowed: number
}

export function ensureSession(context: Context, sessionKey: string): SessionHead {
  const { database } = context
  const at = context.now()
  const key = toStored(sessionKey)
  const known = database.get<SessionHead>(
    'SELECT no, head_seq, overflowed FROM sessions WHERE session_key = ?',
    key,
  )
  if (known !== undefined) return known
  const no = database.insert(
    `INSERT INTO sessions (session_key, session_id, created_at, updated_at, token)
     VALUES (?, ?, ?, ?, (SELECT token FROM fence))`,
    key,
    context.newSessionId(),
    at,
    at,
  )
  return { no, head_seq: null, overflowed: 0 }
}

/** Answers the number of the new row. */
export function insertMessage(
  { database, now }: Context,
  { id, reference, body, trace, alone }: NewMessage,
  session: SessionHead,
  outcome: Commit['outcome'] | { readonly state: 'pending' },
): number {
  return database.insert(
    `INSERT INTO inbox (id, session_no, peer_no, thread, native_id, state, accepted_at, body, trace, alone, reason)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    toStored(id),
    session.no,
    ensurePeer(database, reference),
    threadKey(reference),
    toStored(reference.nativeId),
    outcome.state,
    now(),
    JSON.stringify(body),
    JSON.stringify(trace),
    alone === true ? 1 : 0,
    outcome.state === 'dead' ? outcome.reason : null,
  )
}
