import type { ModelApi } from '../model-api.ts'
import { createAnthropicReader } from './anthropic-reader.ts'
import { toAnthropicRequest } from './anthropic-request.ts'

const defaultBaseUrl = 'https://api.anthropic.com'

/** Anthropic Messages, and endpoints that speak it. */
export const anthropicApi: ModelApi = {
  async connect({ apiKey, baseUrl = defaultBaseUrl, headerTimeoutMs }) {
    const { APIConnectionError, Anthropic } = await import('@anthropic-ai/sdk')
    const client = new Anthropic({
      apiKey,
      // The SDK adds `/v1` itself; most people write it.
      baseURL: baseUrl.replace(/\/+$/, '').replace(/\/v1$/, ''),
      maxRetries: 0,
      timeout: headerTimeoutMs * 2,
      logLevel: 'off',
      openTelemetry: false,
    })
    return {
      async open(model, request, signal) {
        const body = toAnthropicRequest(model, request)
        return {
          events: await client.messages.create(body, { signal }),
          reader: createAnthropicReader(),
        }
      },
      isConnectionError: (error) => error instanceof APIConnectionError,
    }
  },
}
