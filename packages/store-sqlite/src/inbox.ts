import type { AgentStore, InboxState, MessageReference, NewMessage } from '@junctor/store'
import { threadKey } from './address.ts'
import type { Context } from './context.ts'
import type { Database } from './database.ts'
import { fromStored, toStored } from './exact-text.ts'
import { dropAttempt, refreshLane } from './lane-head.ts'
import { ensurePeer, findPeer } from './peers.ts'

type Acceptance = Awaited<ReturnType<AgentStore['accept']>>
type Amendment = Awaited<ReturnType<AgentStore['amend']>>

export function accept(context: Context, message: NewMessage): Acceptance {
  const { database } = context
  const first = findByReference(database, message.reference)
  if (first !== undefined) return { status: 'duplicate', id: fromStored(first.id) }
  database.transaction(() => enqueue(context, message))
  return { status: 'accepted', id: message.id }
}

function enqueue(context: Context, message: NewMessage): void {
  const { database } = context
  const at = context.now()
  const { reference } = message
  const session = ensureSession(context, message.sessionKey, at)
  const seq = database.insert(
    `INSERT INTO inbox (id, session_no, peer_no, thread, native_id, state, accepted_at, body, trace)
     VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, ?)`,
    toStored(message.id),
    session.no,
    ensurePeer(database, reference),
    threadKey(reference),
    toStored(reference.nativeId),
    at,
    JSON.stringify(message.body),
    JSON.stringify(message.trace),
  )
  if (session.head_seq === null)
    database.run(
      'UPDATE sessions SET head_seq = ?, queue = 1, available_at = 0 WHERE no = ?',
      seq,
      session.no,
    )
}

interface SessionHead {
  readonly no: number
  readonly head_seq: number | null
}

function ensureSession(context: Context, sessionKey: string, at: number): SessionHead {
  const { database } = context
  const key = toStored(sessionKey)
  const known = database.get<SessionHead>(
    'SELECT no, head_seq FROM sessions WHERE session_key = ?',
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
  return { no, head_seq: null }
}

interface ReferenceRow {
  readonly seq: number
  readonly id: string
  readonly session_no: number
  readonly state: InboxState
}

function findByReference(
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

export function amend(
  { database, now }: Context,
  reference: MessageReference,
  change: Parameters<AgentStore['amend']>[1],
): Amendment {
  const row = findByReference(database, reference)
  if (row === undefined) return 'unknown'
  if (row.state !== 'pending') return 'too-late'
  database.transaction(() => {
    if ('body' in change) {
      const body = JSON.stringify(change.body)
      database.run('UPDATE inbox SET body = ? WHERE seq = ?', body, row.seq)
      return
    }
    database.run(
      `UPDATE inbox SET state = 'dead', reason = ? WHERE seq = ?`,
      change.withdrawn,
      row.seq,
    )
    dropAttempt(database, row.session_no)
    refreshLane(database, row.session_no, now())
  })
  return 'amended'
}
