import type { JsonValue, Message, ToolCallPart, ToolResultPart } from '@junctor/agent'
import type { OnceCall } from './turn.ts'

/** The calls of a lost attempt as the model would have seen them. Empty when there are none. */
export function toResumedMessages(calls: readonly OnceCall[]): readonly Message[] {
  if (calls.length === 0) return []
  return [
    {
      role: 'assistant',
      parts: calls.map(({ callId, name, input }): ToolCallPart => ({
        type: 'tool-call',
        callId,
        name,
        input,
      })),
    },
    { role: 'tool', parts: calls.map(toResult) },
  ]
}

/** Equal for calls of the same tool with the same input, in whatever order its keys are. */
export function callFingerprint(name: string, input: JsonValue): string {
  return `${name} ${JSON.stringify(input, sortKeys)}`
}

function toResult({ callId, name, result }: OnceCall): ToolResultPart {
  const { status, output } = result ?? { status: 'unknown' as const, output: lostCallText }
  return { type: 'tool-result', callId, name, status, output }
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const lostCallText =
  'The process stopped while this call was running. Nobody knows whether it took effect. It was not repeated.'
