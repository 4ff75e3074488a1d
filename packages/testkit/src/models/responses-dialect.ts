import type { JsonObject } from '@junctor/agent'
import { chatDialect } from './chat-dialect.ts'
import type { Dialect } from './dialect.ts'
import { itemEvents, outputItems } from './responses-items.ts'
import { contentText, isObject, toList, toText } from './request.ts'
import type { Answer } from './step.ts'

/** OpenAI Responses, https://platform.openai.com/docs/api-reference/responses-streaming */
export const responsesDialect: Dialect = {
  api: 'openai-responses',
  requestIdHeader: 'x-request-id',
  facts(body) {
    const { input } = body
    const items = toList(input)
    const trailing = items.slice(
      items.findLastIndex(({ role, type }) => role === 'assistant' || type === 'function_call') + 1,
    )
    const people = items.findLast(({ role }) => role === 'user')
    return {
      system: toText(body['instructions']),
      lastUserText: typeof input === 'string' ? input : contentText(people?.['content']),
      toolNames: toList(body['tools']).map(({ name }) => toText(name)),
      toolResults: trailing
        .filter(({ type }) => type === 'function_call_output')
        .map((item) => ({
          callId: toText(item['call_id']),
          output: contentText(item['output']),
        })),
    }
  },
  events(answer, body, nextId) {
    const running = { ...emptyResponse(body, nextId), status: 'in_progress' }
    const items = outputItems(answer, nextId)
    const final = { ...running, ...ending(answer), output: items.map(({ done }) => done) }
    const events = [
      { type: 'response.created', response: running },
      { type: 'response.in_progress', response: running },
      ...items.flatMap((item, index) => itemEvents(item, index, answer)),
      { type: `response.${final.status}`, response: final },
    ]
    return events.map((event, sequence_number) => ({
      name: event.type,
      data: { ...event, sequence_number },
    }))
  },
  answer: (answer, body, nextId) => ({
    ...emptyResponse(body, nextId),
    ...ending(answer),
    output: outputItems(answer, nextId).map(({ done }) => done),
  }),
  error: (failure) => chatDialect.error(failure),
  errorEvent: (code, message) => ({
    name: 'error',
    data: { type: 'error', sequence_number: 0, code, message, param: null },
  }),
  failedEvents(events, message) {
    const last = events.at(-1)?.data
    const response = isObject(last) && isObject(last['response']) ? last['response'] : {}
    const data = {
      type: 'response.failed',
      sequence_number: events.length - 1,
      response: { ...response, status: 'failed', error: { code: 'server_error', message } },
    }
    return [...events.slice(0, -1), { name: data.type, data }]
  },
}

function emptyResponse(body: JsonObject, nextId: (prefix: string) => string): object {
  return {
    id: nextId('resp'),
    object: 'response',
    created_at: 1_700_000_000,
    error: null,
    incomplete_details: null,
    instructions: body['instructions'] ?? null,
    model: body['model'] ?? null,
    output: [],
    parallel_tool_calls: true,
    store: body['store'] ?? true,
    usage: null,
    metadata: {},
  }
}

function ending({ stopReason, usage }: Answer): {
  readonly status: 'completed' | 'incomplete'
  readonly incomplete_details: object | null
  readonly usage: object
} {
  const cut = stopReason === 'max-tokens'
  return {
    status: cut ? 'incomplete' : 'completed',
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    usage: {
      input_tokens: usage.inputTokens,
      input_tokens_details: { cached_tokens: usage.cachedInputTokens },
      output_tokens: usage.outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: usage.inputTokens + usage.outputTokens,
    },
  }
}
