import type { ModelEvent, StopReason } from '@junctor/agent'
import type {
  Response,
  ResponseOutputItem,
  ResponseStreamEvent,
} from 'openai/resources/responses/responses'
import { streamProblem } from '../failure.ts'
import { nothing, type StreamEnding, type StreamReader } from '../model-api.ts'
import { parseToolInput } from '../tool-input.ts'

/** https://platform.openai.com/docs/api-reference/responses-streaming */
export function createResponsesReader(): StreamReader {
  let hasCalls = false
  let refused = false
  let ending: StreamEnding | undefined

  return {
    get ending() {
      return ending
    },
    read(event: ResponseStreamEvent) {
      switch (event.type) {
        case 'response.output_text.delta':
          return event.delta === '' ? nothing : [{ type: 'text', text: event.delta }]
        case 'response.refusal.delta':
          refused = true
          return [{ type: 'text', text: event.delta }]
        case 'response.reasoning_summary_text.delta':
        case 'response.reasoning_text.delta':
          return [{ type: 'thinking', text: event.delta }]
        case 'response.reasoning_summary_part.added':
          return event.summary_index === 0 ? nothing : [{ type: 'thinking', text: '\n\n' }]
        case 'response.output_item.done':
          return readItem(event.item)
        case 'response.completed':
          ending = toEnding(event.response, refused ? 'refusal' : hasCalls ? 'tool-calls' : 'end')
          return nothing
        case 'response.incomplete': {
          const filtered = event.response.incomplete_details?.reason === 'content_filter'
          ending = toEnding(event.response, filtered ? 'refusal' : 'max-tokens')
          return nothing
        }
        case 'response.failed': {
          const { code, message } = event.response.error ?? {
            code: 'unknown',
            message: 'no reason',
          }
          throw streamProblem(`the provider gave up (${code}): ${message}`)
        }
        case 'error':
          throw streamProblem(
            `the provider sent an error (${event.code ?? 'unknown'}): ${event.message}`,
          )
        default:
          return nothing
      }
    },
  }

  function readItem(item: ResponseOutputItem): readonly ModelEvent[] {
    if (item.type !== 'function_call') return nothing
    // An answer that reached its limit in the middle of a call is cut, not broken.
    if (item.status === 'incomplete') return nothing
    hasCalls = true
    const parsed = parseToolInput(item.name, item.arguments)
    if (!parsed.valid) throw streamProblem(parsed.problem)
    return [{ type: 'tool-call', callId: item.call_id, name: item.name, input: parsed.input }]
  }
}

function toEnding({ usage }: Response, stopReason: StopReason): StreamEnding {
  return {
    stopReason,
    usage: {
      inputTokens: usage?.input_tokens ?? 0,
      outputTokens: usage?.output_tokens ?? 0,
      cachedInputTokens: usage?.input_tokens_details?.cached_tokens ?? 0,
    },
  }
}
