import type { AgentStore, KeptMessage, MessageReference, NewMessage } from '@junctor/store'
import { peerKey, threadKey, toAddress } from './address.ts'
import type { Context } from './context.ts'
import type { Database } from './database.ts'
import { fromStored, toStored } from './exact-text.ts'
import { findByReference } from './new-message.ts'
import { parseJson } from './rows.ts'

interface KeptRow {
  readonly seq: number
  readonly id: string
  readonly peer: string
  readonly thread: string
  readonly native_id: string
  readonly kept_at: number
  readonly body: string
}

export function keep(
  { database, now }: Context,
  { id, reference, sessionKey, body }: NewMessage,
  { limit }: Parameters<AgentStore['keep']>[1],
): 'kept' | 'duplicate' {
  if (findByReference(database, reference) !== undefined) return 'duplicate'
  return database.transaction(() => {
    const session = toStored(sessionKey)
    const written = database.run(
      `INSERT INTO kept (id, session_key, peer, thread, native_id, kept_at, body)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      toStored(id),
      session,
      peerKey(reference),
      threadKey(reference),
      toStored(reference.nativeId),
      now(),
      JSON.stringify(body),
    )
    if (written === 0) return 'duplicate'
    database.run(
      `DELETE FROM kept WHERE session_key = ?1 AND seq <= (
         SELECT seq FROM kept WHERE session_key = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)`,
      session,
      limit,
    )
    return 'kept'
  })
}

export function listKept({ database }: Context, sessionKey: string): readonly KeptMessage[] {
  return database
    .all<KeptRow>(
      `SELECT seq, id, peer, thread, native_id, kept_at, body FROM kept
       WHERE session_key = ? ORDER BY seq`,
      toStored(sessionKey),
    )
    .map((row) => ({
      seq: row.seq,
      id: fromStored(row.id),
      reference: { ...toAddress(row.peer, row.thread), nativeId: fromStored(row.native_id) },
      sessionKey,
      keptAt: row.kept_at,
      body: parseJson(row.body),
    }))
}

/** Answers how many went. Without `upTo`: all. */
export function dropKept(
  database: Database,
  sessionKey: string,
  upTo = Number.MAX_SAFE_INTEGER,
): number {
  return database.run(
    'DELETE FROM kept WHERE session_key = ? AND seq <= ?',
    toStored(sessionKey),
    upTo,
  )
}

export function amendKept(
  database: Database,
  reference: MessageReference,
  change: Parameters<AgentStore['amend']>[1],
): 'amended' | 'unknown' {
  const place = [toStored(reference.nativeId), peerKey(reference)] as const
  const changed =
    'body' in change
      ? database.run(
          'UPDATE kept SET body = ? WHERE native_id = ? AND peer = ?',
          JSON.stringify(change.body),
          ...place,
        )
      : database.run('DELETE FROM kept WHERE native_id = ? AND peer = ?', ...place)
  return changed === 0 ? 'unknown' : 'amended'
}
