import type { JsonObject, JsonValue } from '@junctor/agent'
import { errorTypeOf, type Dialect, type SseEvent } from './dialect.ts'
import { contentText, toList, toText } from './request.ts'
import type { Answer } from './step.ts'

const stopReasons = {
  end: 'end_turn',
  'tool-calls': 'tool_use',
  'max-tokens': 'max_tokens',
  refusal: 'refusal',
} as const

/** Anthropic Messages, https://platform.claude.com/docs/en/build-with-claude/streaming */
export const anthropicDialect: Dialect = {
  api: 'anthropic',
  requestIdHeader: 'request-id',
  facts(body) {
    const messages = toList(body['messages'])
    const last = messages.findLast(({ role }) => role === 'user')
    const people = messages.findLast(
      (message) => message['role'] === 'user' && userText(message) !== '',
    )
    return {
      system: contentText(body['system']),
      lastUserText: people === undefined ? '' : userText(people),
      toolNames: toList(body['tools']).map((tool) => toText(tool['name'])),
      toolResults: toList(last?.['content'])
        .filter(({ type }) => type === 'tool_result')
        .map((part) => ({
          callId: toText(part['tool_use_id']),
          output: contentText(part['content']),
        })),
    }
  },
  events(answer, body, nextId) {
    const message = { ...emptyMessage(body, nextId), usage: usage(answer, 1) }
    return [
      named({ type: 'message_start', message }),
      named({ type: 'ping' }),
      ...blocks(answer).flatMap((block, index) => blockEvents(block, index, answer)),
      named({
        type: 'message_delta',
        delta: { stop_reason: stopReasons[answer.stopReason], stop_sequence: null },
        usage: { output_tokens: answer.usage.outputTokens },
      }),
      named({ type: 'message_stop' }),
    ]
  },
  answer: (answer, body, nextId) => ({
    ...emptyMessage(body, nextId),
    content: blocks(answer),
    stop_reason: stopReasons[answer.stopReason],
    usage: usage(answer, answer.usage.outputTokens),
  }),
  error: (failure) => ({
    type: 'error',
    error: { type: errorTypeOf(failure), message: failure.message },
  }),
  errorEvent: (type, message) => named({ type: 'error', error: { type, message } }),
  failedEvents: (events, message) => [
    ...events.slice(0, -2),
    named({ type: 'error', error: { type: 'api_error', message } }),
  ],
}

function userText(message: JsonObject): string {
  return contentText(message['content'])
}

function named(data: { readonly type: string; readonly [field: string]: unknown }): SseEvent {
  return { name: data.type, data }
}

function emptyMessage(body: JsonObject, nextId: (prefix: string) => string): object {
  return {
    id: nextId('msg'),
    type: 'message',
    role: 'assistant',
    model: body['model'] ?? null,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  }
}

function usage(
  { usage: { inputTokens, cachedInputTokens } }: Answer,
  outputTokens: number,
): object {
  return {
    input_tokens: inputTokens - cachedInputTokens,
    output_tokens: outputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedInputTokens,
    service_tier: 'standard',
  }
}

type Block =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string; readonly citations: null }
  | {
      readonly type: 'tool_use'
      readonly id: string
      readonly name: string
      readonly input: JsonValue
      readonly caller: { readonly type: 'direct' }
    }

function blocks(answer: Answer): readonly Block[] {
  const result: Block[] = []
  if (answer.thinking !== '') {
    result.push({
      type: 'thinking',
      thinking: answer.thinking,
      signature: signatureOf(answer.thinking),
    })
  }
  if (answer.text !== '') result.push({ type: 'text', text: answer.text, citations: null })
  for (const { callId, name, input } of answer.tools) {
    result.push({ type: 'tool_use', id: callId, name, input, caller: { type: 'direct' } })
  }
  return result
}

/** Made from the text, so that a test can tell whether text and signature came back together. */
function signatureOf(thinking: string): string {
  return `signature:${Buffer.from(thinking).toString('base64')}`
}

function blockEvents(block: Block, index: number, answer: Answer): readonly SseEvent[] {
  const delta = (change: { readonly type: string; readonly [field: string]: unknown }): SseEvent =>
    named({ type: 'content_block_delta', index, delta: change })
  const start = (content_block: object): SseEvent =>
    named({ type: 'content_block_start', index, content_block })
  const stop = named({ type: 'content_block_stop', index })

  switch (block.type) {
    case 'text':
      return [
        start({ ...block, text: '' }),
        ...answer.pieces(block.text).map((text) => delta({ type: 'text_delta', text })),
        stop,
      ]
    case 'thinking':
      return [
        start({ ...block, thinking: '', signature: '' }),
        ...answer
          .pieces(block.thinking)
          .map((thinking) => delta({ type: 'thinking_delta', thinking })),
        delta({ type: 'signature_delta', signature: block.signature }),
        stop,
      ]
    case 'tool_use':
      return [
        start({ ...block, input: {} }),
        delta({ type: 'input_json_delta', partial_json: '' }),
        ...answer
          .pieces(answer.toolInput({ name: block.name, input: block.input }))
          .map((partial_json) => delta({ type: 'input_json_delta', partial_json })),
        stop,
      ]
  }
}
