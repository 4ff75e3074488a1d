import type { AgentStore, PastConversation } from '@junctor/store'
import type { Context } from './context.ts'
import { toStored } from './exact-text.ts'
import { ensureSession } from './new-message.ts'
import { insertTranscript, insertTurn } from './write-turn.ts'

/** It has no messages in the inbox: its turn covers none of them. */
const nothing = { first: 0, last: 0 } as const

export function restore(
  context: Context,
  past: PastConversation,
): Awaited<ReturnType<AgentStore['restore']>> {
  const { database } = context
  const { id, sessionKey, createdAt, updatedAt, model, messages, ended = 0, trace } = past
  return database.transaction(() => {
    if (database.get('SELECT 1 FROM turns WHERE id = ?', toStored(id)) !== undefined)
      return 'duplicate'
    const key = toStored(sessionKey)
    if (database.get('SELECT 1 FROM sessions WHERE session_key = ?', key) !== undefined)
      return 'taken'
    const { no } = ensureSession(context, sessionKey)
    const turnNo = insertTurn(
      database,
      { sessionNo: no, ...nothing },
      {
        id,
        startedAt: createdAt,
        endedAt: updatedAt,
        outcome: 'restored',
        model: model ?? '',
        inputTokens: 0,
        outputTokens: 0,
        trace,
      },
    )
    let beganAfter = 0
    for (const [index, message] of messages.entries()) {
      const seq = insertTranscript(database, no, turnNo, message, message.at)
      if (index < ended) beganAfter = seq
    }
    database.run(
      `UPDATE sessions SET created_at = ?, updated_at = ?, model = ?, began_after = ? WHERE no = ?`,
      createdAt,
      updatedAt,
      model ?? null,
      beganAfter,
      no,
    )
    return 'restored'
  })
}
