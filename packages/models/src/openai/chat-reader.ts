import type { ModelEvent, StopReason, Usage } from '@junctor/agent'
import type { ChatCompletionChunk } from 'openai/resources/chat/completions'
import { streamProblem } from '../failure.ts'
import { nothing, type StreamReader } from '../model-api.ts'
import { parseToolInput } from '../tool-input.ts'

/** DeepSeek and vLLM stream reasoning under the first name, OpenRouter under the second. */
interface Delta extends ChatCompletionChunk.Choice.Delta {
  readonly reasoning_content?: string | null
  readonly reasoning?: string | null
}

interface PendingCall {
  id: string
  name: string
  json: string
}

/** https://platform.openai.com/docs/api-reference/chat-streaming */
export function createChatReader(): StreamReader {
  const calls = new Map<number, PendingCall>()
  let usage: Usage = { inputTokens: 0, outputTokens: 0 }
  let refused = false
  let stopReason: StopReason | undefined

  return {
    get ending() {
      return stopReason === undefined ? undefined : { stopReason, usage }
    },
    read(chunk: ChatCompletionChunk) {
      if (chunk.usage) usage = toUsage(chunk.usage)
      const choice = chunk.choices?.[0]
      if (choice === undefined) return nothing
      const events = readDelta(choice.delta ?? {})
      if (!choice.finish_reason) return events
      const finished = finish(choice.finish_reason, chunk.id)
      return finished.length === 0 ? events : [...events, ...finished]
    },
  }

  function readDelta(delta: Delta): readonly ModelEvent[] {
    for (const { index, id, function: call } of delta.tool_calls ?? []) {
      const pending = calls.get(index) ?? { id: '', name: '', json: '' }
      if (id) pending.id = id
      if (call?.name) pending.name = call.name
      pending.json += call?.arguments ?? ''
      calls.set(index, pending)
    }
    if (delta.content) return [{ type: 'text', text: delta.content }]
    if (delta.refusal) {
      refused = true
      return [{ type: 'text', text: delta.refusal }]
    }
    const thinking = delta.reasoning_content ?? delta.reasoning
    return thinking ? [{ type: 'thinking', text: thinking }] : nothing
  }

  function finish(reason: string, answerId: string): readonly ModelEvent[] {
    const stop = toStopReason(reason)
    const events = [...calls].flatMap(([index, { id, name, json }]) => {
      const parsed = parseToolInput(name, json)
      if (parsed.valid) {
        const callId = id === '' ? `${answerId}-${index}` : id
        return [{ type: 'tool-call' as const, callId, name, input: parsed.input }]
      }
      // An answer that reached its limit in the middle of a call is cut, not broken.
      if (stop === 'max-tokens') return []
      throw streamProblem(parsed.problem)
    })
    stopReason = stop
    return events
  }

  function toStopReason(reason: string): StopReason {
    if (reason === 'length') return 'max-tokens'
    if (refused || reason === 'content_filter') return 'refusal'
    return calls.size > 0 ? 'tool-calls' : 'end'
  }
}

function toUsage(usage: NonNullable<ChatCompletionChunk['usage']>): Usage {
  return {
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
    cachedInputTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
  }
}
