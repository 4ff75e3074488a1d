import type { Message, ModelRequest, Part } from '@junctor/agent'
import type {
  ResponseCreateParamsStreaming,
  ResponseInputItem,
} from 'openai/resources/responses/responses'
import { joinText, toolResultText } from './message-text.ts'

export function toResponsesRequest(
  model: string,
  { system, messages, tools, toolChoice, maxOutputTokens }: ModelRequest,
): ResponseCreateParamsStreaming {
  return {
    model,
    max_output_tokens: maxOutputTokens,
    stream: true,
    // The transcript is ours; the provider keeps no copy of it.
    store: false,
    input: messages.flatMap(toItems),
    ...(system === '' ? {} : { instructions: system }),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, inputSchema }) => ({
            type: 'function' as const,
            name,
            description,
            parameters: inputSchema,
            strict: false,
          })),
        }),
    ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }),
  }
}

function toItems({ role, parts }: Message): readonly ResponseInputItem[] {
  if (role === 'user') {
    const content = joinText(parts)
    return content === '' ? [] : [{ role, content }]
  }
  return parts.flatMap(toItem)
}

function toItem(part: Part): readonly ResponseInputItem[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{ role: 'assistant', content: part.text }]
    case 'thinking':
      return []
    case 'tool-call':
      return [
        {
          type: 'function_call',
          call_id: part.callId,
          name: part.name,
          arguments: JSON.stringify(part.input),
        },
      ]
    case 'tool-result':
      return [{ type: 'function_call_output', call_id: part.callId, output: toolResultText(part) }]
  }
}
