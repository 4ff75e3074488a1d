import type { OpenAI } from 'openai'
import type { ModelConnection } from '../model-api.ts'

export const openAiBaseUrl = 'https://api.openai.com/v1'

export interface OpenAiClient {
  readonly client: OpenAI
  readonly isConnectionError: (error: unknown) => boolean
}

export async function createOpenAiClient({
  apiKey,
  baseUrl = openAiBaseUrl,
  headerTimeoutMs,
}: ModelConnection): Promise<OpenAiClient> {
  const { APIConnectionError, OpenAI } = await import('openai')
  const client = new OpenAI({
    apiKey,
    baseURL: baseUrl,
    maxRetries: 0,
    timeout: headerTimeoutMs * 2,
    logLevel: 'off',
    // Otherwise the SDK sends what it finds in the environment, to any endpoint.
    adminAPIKey: null,
    organization: null,
    project: null,
  })
  return { client, isConnectionError: (error) => error instanceof APIConnectionError }
}
