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
}

const SESSION_SELECT = `
  SELECT session_key, session_id, created_at, updated_at, turns, input_tokens, output_tokens, model FROM sessions`

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
    sessionId: row.session_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    turns: row.turns,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    ...(row.model === null ? {} : { model: row.model }),
  }
}

export function readTranscript(
  { database }: Context,
  sessionKey: string,
  { limit, before = Number.MAX_SAFE_INTEGER }: Parameters<AgentStore['transcript']>[1],
): readonly TranscriptMessage[] {
  return database
    .all<TranscriptRow>(
      `SELECT seq, at, role, message_id, turns.id AS turn_id, parts
       FROM transcript JOIN turns ON turns.no = turn_no
       WHERE transcript.session_no = (SELECT no FROM sessions WHERE session_key = ?) AND seq < ?
       ORDER BY seq DESC LIMIT ?`,
      toStored(sessionKey),
      before,
      limit,
    )
    .map((row) => toTranscriptMessage(sessionKey, row))
    .toReversed()
}
