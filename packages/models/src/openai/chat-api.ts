import type { ModelApi } from '../model-api.ts'
import { createChatReader } from './chat-reader.ts'
import { toChatRequest } from './chat-request.ts'
import { createOpenAiClient, openAiBaseUrl } from './openai-client.ts'

/** OpenAI Chat Completions, and the many endpoints that speak it. */
export const chatApi: ModelApi = {
  async connect(connection) {
    const { client, isConnectionError } = await createOpenAiClient(connection)
    const { baseUrl = openAiBaseUrl } = connection
    // OpenAI refuses the old name for its newer models; others know no other.
    const limitName = isOpenAi(baseUrl) ? 'max_completion_tokens' : 'max_tokens'
    return {
      async open(model, request, signal) {
        const body = toChatRequest(model, request, limitName)
        return {
          events: await client.chat.completions.create(body, { signal }),
          reader: createChatReader(),
        }
      },
      isConnectionError,
    }
  },
}

function isOpenAi(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl)
  return hostname === 'api.openai.com' || hostname.endsWith('.api.openai.com')
}
