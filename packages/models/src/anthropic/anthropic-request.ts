import type {
  ContentBlockParam,
  MessageCreateParamsStreaming,
  MessageParam,
  Tool,
} from '@anthropic-ai/sdk/resources/messages'
import type { Message, ModelRequest, Part, ToolSpec } from '@junctor/agent'
import { redactedPrefix } from './redacted-thinking.ts'

export function toAnthropicRequest(
  model: string,
  { system, messages, tools, toolChoice, maxOutputTokens }: ModelRequest,
): MessageCreateParamsStreaming {
  return {
    model,
    max_tokens: maxOutputTokens,
    stream: true,
    messages: toMessages(messages),
    ...(system === '' ? {} : { system }),
    ...(tools.length === 0 ? {} : { tools: tools.map(toTool) }),
    ...(toolChoice === undefined ? {} : { tool_choice: { type: toolChoice } }),
  }
}

/** Tool results travel as the user's; neighbours of one role become one message. */
function toMessages(messages: readonly Message[]): MessageParam[] {
  const result: { role: 'user' | 'assistant'; content: ContentBlockParam[] }[] = []
  for (const { role: given, parts } of messages) {
    const content = parts.flatMap(toBlock)
    if (content.length === 0) continue
    const role = given === 'assistant' ? 'assistant' : 'user'
    const last = result.at(-1)
    if (last?.role === role) last.content.push(...content)
    else result.push({ role, content })
  }
  return result
}

function toBlock(part: Part): readonly ContentBlockParam[] {
  switch (part.type) {
    case 'text':
      // Blank text is refused: https://platform.claude.com/docs/en/api/messages
      return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text }]
    case 'thinking':
      return toThinking(part.text, part.signature)
    case 'tool-call':
      return [{ type: 'tool_use', id: part.callId, name: part.name, input: part.input }]
    case 'tool-result':
      return [
        {
          type: 'tool_result',
          tool_use_id: part.callId,
          content: part.output === '' && part.status !== 'ok' ? part.status : part.output,
          ...(part.status === 'ok' ? {} : { is_error: true }),
        },
      ]
  }
}

/** Thinking without a signature is another provider's and would be refused. */
function toThinking(thinking: string, signature: string | undefined): ContentBlockParam[] {
  if (signature === undefined) return []
  if (signature.startsWith(redactedPrefix)) {
    return [{ type: 'redacted_thinking', data: signature.slice(redactedPrefix.length) }]
  }
  return [{ type: 'thinking', thinking, signature }]
}

function toTool({ name, description, inputSchema }: ToolSpec): Tool {
  return { name, description, input_schema: { ...inputSchema, type: 'object' } }
}
