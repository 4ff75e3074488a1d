import type {
  MessageDeltaUsage,
  RawContentBlockDelta,
  RawContentBlockStartEvent,
  RawMessageStreamEvent,
  StopReason as AnthropicStopReason,
  Usage as AnthropicUsage,
} from '@anthropic-ai/sdk/resources/messages'
import type { ModelEvent, StopReason } from '@junctor/agent'
import { streamProblem } from '../failure.ts'
import { nothing, type StreamEnding, type StreamReader } from '../model-api.ts'
import { parseToolInput } from '../tool-input.ts'
import { redactedPrefix } from './redacted-thinking.ts'

const stopReasons: Readonly<Record<AnthropicStopReason, StopReason>> = {
  end_turn: 'end',
  stop_sequence: 'end',
  pause_turn: 'end',
  tool_use: 'tool-calls',
  max_tokens: 'max-tokens',
  model_context_window_exceeded: 'max-tokens',
  refusal: 'refusal',
}

/** https://platform.claude.com/docs/en/build-with-claude/streaming */
export function createAnthropicReader(): StreamReader {
  const toolCalls = new Map<number, { readonly id: string; readonly name: string; json: string }>()
  const tokens = { input: 0, cacheRead: 0, cacheWritten: 0, output: 0 }
  let stopReason: AnthropicStopReason | null = null
  let problem: string | undefined
  let ending: StreamEnding | undefined

  return {
    get ending() {
      return ending
    },
    read(event: RawMessageStreamEvent) {
      switch (event.type) {
        case 'content_block_delta':
          return readDelta(event.index, event.delta)
        case 'content_block_start':
          return readStart(event)
        case 'content_block_stop':
          return readStop(event.index)
        case 'message_start':
          count(event.message.usage)
          return nothing
        case 'message_delta':
          stopReason = event.delta.stop_reason
          count(event.usage)
          return nothing
        case 'message_stop':
          ending = toEnding()
          return nothing
        default:
          return nothing
      }
    },
  }

  function readStart({
    index,
    content_block: block,
  }: RawContentBlockStartEvent): readonly ModelEvent[] {
    if (block.type === 'tool_use') {
      toolCalls.set(index, { id: block.id, name: block.name, json: '' })
      return nothing
    }
    if (block.type === 'redacted_thinking') {
      return [{ type: 'thinking', text: '', signature: redactedPrefix + block.data }]
    }
    return block.type === 'text' && block.text !== ''
      ? [{ type: 'text', text: block.text }]
      : nothing
  }

  function readDelta(index: number, delta: RawContentBlockDelta): readonly ModelEvent[] {
    switch (delta.type) {
      case 'text_delta':
        return delta.text === '' ? nothing : [{ type: 'text', text: delta.text }]
      case 'thinking_delta':
        return delta.thinking === '' ? nothing : [{ type: 'thinking', text: delta.thinking }]
      case 'signature_delta':
        return [{ type: 'thinking', text: '', signature: delta.signature }]
      case 'input_json_delta': {
        const call = toolCalls.get(index)
        if (call !== undefined) call.json += delta.partial_json
        return nothing
      }
      default:
        return nothing
    }
  }

  function readStop(index: number): readonly ModelEvent[] {
    const call = toolCalls.get(index)
    if (call === undefined) return nothing
    const parsed = parseToolInput(call.name, call.json)
    if (parsed.valid) {
      return [{ type: 'tool-call', callId: call.id, name: call.name, input: parsed.input }]
    }
    problem ??= parsed.problem
    return nothing
  }

  function count(usage: AnthropicUsage | MessageDeltaUsage): void {
    tokens.input = usage.input_tokens ?? tokens.input
    tokens.cacheRead = usage.cache_read_input_tokens ?? tokens.cacheRead
    tokens.cacheWritten = usage.cache_creation_input_tokens ?? tokens.cacheWritten
    tokens.output = usage.output_tokens ?? tokens.output
  }

  function toEnding(): StreamEnding {
    const reason = stopReason === null ? 'end' : (stopReasons[stopReason] ?? 'end')
    // An answer that reached its limit in the middle of a call is cut, not broken.
    if (problem !== undefined && reason !== 'max-tokens') throw streamProblem(problem)
    return {
      stopReason: reason,
      usage: {
        // The API counts cached tokens apart: https://platform.claude.com/docs/en/build-with-claude/prompt-caching
        inputTokens: tokens.input + tokens.cacheRead + tokens.cacheWritten,
        outputTokens: tokens.output,
        cachedInputTokens: tokens.cacheRead,
      },
    }
  }
}
