import type { AgentStore, Session, TranscriptMessage } from '@junctor/store'
import type { Context } from './context.ts'
import { fromStored, toStored } from './exact-text.ts'
import { toTranscriptMessage, type TranscriptRow } from './rows.ts'

interface SessionRow {
  readonly session_key: string
  readonly session_id: string
  readonly created_at: number
  readonly updated_at: number
  readonly turns: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly model: string | null
  readonly settings: string
}

const SESSION_SELECT = `
  SELECT session_key, session_id, created_at, updated_at, turns, input_tokens, output_tokens, model, settings
  FROM sessions`

export function listSessions({ database }: Context): readonly Session[] {
  return database.all<SessionRow>(`${SESSION_SELECT} ORDER BY no`).map(toSession)
}

export function getSession({ database }: Context, sessionKey: string): Session | undefined {
  const row = database.get<SessionRow>(
    `${SESSION_SELECT} WHERE session_key = ?`,
    toStored(sessionKey),
  )
  return row === undefined ? undefined : toSession(row)
}

function toSession(row: SessionRow): Session {
  return {
    sessionKey: fromStored(row.session_key),
    sessionId: fromStored(row.session_id),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    turns: row.turns,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    settings: JSON.parse(row.settings) as Session['settings'],
    ...(row.model === null ? {} : { model: row.model }),
  }
}

export function readTranscript(
  { database }: Context,
  sessionKey: string,
  options: Parameters<AgentStore['transcript']>[1],
): readonly TranscriptMessage[] {
  const { limit, before = Number.MAX_SAFE_INTEGER, current = false } = options
  const session = database.get<{ no: number; began_after: number }>(
    'SELECT no, began_after FROM sessions WHERE session_key = ?',
    toStored(sessionKey),
  )
  if (session === undefined) return []
  return database
    .all<TranscriptRow>(
      `SELECT seq, at, role, message_id, turns.id AS turn_id, parts
       FROM transcript JOIN turns ON turns.no = turn_no
       WHERE transcript.session_no = ? AND seq > ? AND seq < ?
       ORDER BY seq DESC LIMIT ?`,
      session.no,
      current ? session.began_after : 0,
      before,
      limit,
    )
    .map((row) => toTranscriptMessage(sessionKey, row))
    .toReversed()
}
