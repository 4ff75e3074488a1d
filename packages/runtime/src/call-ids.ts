import type { Message } from '@junctor/agent'
import type { ModelAnswer } from './model-call.ts'

/**
 * Renames calls whose id is empty or was used before in this conversation. Some compatible endpoints number each answer's
 * calls from zero; providers refuse a repeated id, and journal and results are told apart by it.
 */
export function makeCallIdsUnique(
  answer: ModelAnswer,
  conversation: readonly Message[],
  turnId: string,
): void {
  const seen = new Set<string>()
  for (const { parts } of conversation) {
    for (const part of parts) if (part.type === 'tool-call') seen.add(part.callId)
  }
  for (const [index, call] of answer.calls.entries()) {
    const callId = unusedId(call.callId, seen, turnId)
    seen.add(callId)
    if (callId === call.callId) continue
    const renamed = { ...call, callId }
    answer.calls[index] = renamed
    answer.parts[answer.parts.indexOf(call)] = renamed
  }
}

function unusedId(callId: string, seen: ReadonlySet<string>, turnId: string): string {
  if (callId !== '' && !seen.has(callId)) return callId
  const stem = callId === '' ? `call_${turnId}` : callId
  let number = seen.size
  while (seen.has(`${stem}_${number}`)) number += 1
  return `${stem}_${number}`
}
