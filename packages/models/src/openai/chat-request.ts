import type { Message, ModelRequest } from '@junctor/agent'
import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
import { joinText, toolResultText } from './message-text.ts'

export function toChatRequest(
  model: string,
  { system, messages, tools, toolChoice, maxOutputTokens }: ModelRequest,
  limitName: 'max_tokens' | 'max_completion_tokens',
): ChatCompletionCreateParamsStreaming {
  const head: ChatCompletionMessageParam[] =
    system === '' ? [] : [{ role: 'system', content: system }]
  return {
    model,
    [limitName]: maxOutputTokens,
    stream: true,
    stream_options: { include_usage: true },
    messages: [...head, ...messages.flatMap(toMessages)],
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, inputSchema }) => ({
            type: 'function' as const,
            function: { name, description, parameters: inputSchema },
          })),
        }),
    ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }),
  }
}

function toMessages({ role, parts }: Message): readonly ChatCompletionMessageParam[] {
  const content = joinText(parts)
  switch (role) {
    case 'user':
      return content === '' ? [] : [{ role, content }]
    case 'tool':
      return parts.flatMap((part) =>
        part.type === 'tool-result'
          ? [{ role, tool_call_id: part.callId, content: toolResultText(part) }]
          : [],
      )
    case 'assistant': {
      const tool_calls = parts.flatMap((part) =>
        part.type === 'tool-call'
          ? [
              {
                id: part.callId,
                type: 'function' as const,
                function: { name: part.name, arguments: JSON.stringify(part.input) },
              },
            ]
          : [],
      )
      if (tool_calls.length > 0) {
        return [{ role, content: content === '' ? null : content, tool_calls }]
      }
      return content === '' ? [] : [{ role, content }]
    }
  }
}
