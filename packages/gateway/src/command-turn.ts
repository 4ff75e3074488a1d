import type { JsonValue, TurnRecord } from '@junctor/store'

/** The record of what the gateway did itself: no model ran. */
export function commandTurn(id: string, at: number, trace: JsonValue): TurnRecord {
  const none = { model: '', inputTokens: 0, outputTokens: 0 }
  return { ...none, id, startedAt: at, endedAt: at, outcome: 'command', trace }
}
