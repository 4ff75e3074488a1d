import type { JsonObject } from '@junctor/agent'
import { errorTypeOf, type Dialect, type SseEvent } from './dialect.ts'
import { contentText, isObject, toList, toText } from './request.ts'
import type { Answer } from './step.ts'

const finishReasons = {
  end: 'stop',
  'tool-calls': 'tool_calls',
  'max-tokens': 'length',
  refusal: 'stop',
} as const

/** OpenAI Chat Completions, https://platform.openai.com/docs/api-reference/chat-streaming */
export const chatDialect: Dialect = {
  api: 'openai-chat',
  requestIdHeader: 'x-request-id',
  facts(body) {
    const messages = toList(body['messages'])
    const trailing = messages.slice(messages.findLastIndex(({ role }) => role === 'assistant') + 1)
    return {
      system: messages
        .filter(({ role }) => role === 'system' || role === 'developer')
        .map(({ content }) => contentText(content))
        .join('\n'),
      lastUserText: contentText(messages.findLast(({ role }) => role === 'user')?.['content']),
      toolNames: toList(body['tools']).map(({ function: spec }) =>
        isObject(spec) ? toText(spec['name']) : '',
      ),
      toolResults: trailing
        .filter(({ role }) => role === 'tool')
        .map((message) => ({
          callId: toText(message['tool_call_id']),
          output: contentText(message['content']),
        })),
    }
  },
  events(answer, body, nextId) {
    const common = head(body, nextId, 'chat.completion.chunk')
    const withUsage = wantsUsage(body)
    const chunk = (delta: object, finish_reason: string | null = null): SseEvent => ({
      data: {
        ...common,
        choices: [{ index: 0, delta, logprobs: null, finish_reason }],
        ...(withUsage ? { usage: null } : {}),
      },
    })
    const refused = answer.stopReason === 'refusal'
    return [
      chunk({ role: 'assistant', content: '', refusal: null }),
      ...answer.pieces(answer.thinking).map((reasoning_content) => chunk({ reasoning_content })),
      ...answer
        .pieces(answer.text)
        .map((text) => chunk(refused ? { refusal: text } : { content: text })),
      ...answer.tools.flatMap((call, index) => [
        chunk({
          tool_calls: [
            {
              index,
              id: call.callId,
              type: 'function',
              function: { name: call.name, arguments: '' },
            },
          ],
        }),
        ...answer
          .pieces(answer.toolInput(call))
          .map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
      ]),
      chunk({}, finishReasons[answer.stopReason]),
      ...(withUsage ? [{ data: { ...common, choices: [], usage: usage(answer) } }] : []),
      { data: '[DONE]' },
    ]
  },
  answer(answer, body, nextId) {
    const refused = answer.stopReason === 'refusal'
    const tool_calls = answer.tools.map((call) => ({
      id: call.callId,
      type: 'function',
      function: { name: call.name, arguments: answer.toolInput(call) },
    }))
    const message = {
      role: 'assistant',
      content: refused ? null : answer.text,
      refusal: refused ? answer.text : null,
      ...(tool_calls.length > 0 ? { tool_calls } : {}),
    }
    const finish_reason = finishReasons[answer.stopReason]
    return {
      ...head(body, nextId, 'chat.completion'),
      choices: [{ index: 0, message, logprobs: null, finish_reason }],
      usage: usage(answer),
    }
  },
  error: (failure) => ({
    error: {
      message: failure.message,
      type: errorTypeOf(failure),
      param: null,
      code: failure.code ?? null,
    },
  }),
  errorEvent: (type, message) => ({ data: { error: { message, type, code: null, param: null } } }),
  // The last three are the finish reason, the usage and the end mark.
  failedEvents: (events, message) => [
    ...events.slice(0, -3),
    { data: { error: { message, type: 'server_error', code: null, param: null } } },
  ],
}

function head(body: JsonObject, nextId: (prefix: string) => string, object: string): object {
  return {
    id: nextId('chatcmpl'),
    object,
    created: 1_700_000_000,
    model: body['model'] ?? null,
    service_tier: 'default',
  }
}

function wantsUsage(body: JsonObject): boolean {
  return isObject(body['stream_options']) && body['stream_options']['include_usage'] === true
}

function usage({ usage: { inputTokens, outputTokens, cachedInputTokens } }: Answer): object {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedInputTokens },
  }
}
