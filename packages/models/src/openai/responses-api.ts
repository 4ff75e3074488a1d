import type { ModelApi } from '../model-api.ts'
import { createOpenAiClient } from './openai-client.ts'
import { createResponsesReader } from './responses-reader.ts'
import { toResponsesRequest } from './responses-request.ts'

/** OpenAI Responses. */
export const responsesApi: ModelApi = {
  async connect(connection) {
    const { client, isConnectionError } = await createOpenAiClient(connection)
    return {
      async open(model, request, signal) {
        const body = toResponsesRequest(model, request)
        return {
          events: await client.responses.create(body, { signal }),
          reader: createResponsesReader(),
        }
      },
      isConnectionError,
    }
  },
}
