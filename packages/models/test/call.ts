import { hasCode } from '@junctor/errors'
import type {
  Message,
  Model,
  ModelError,
  ModelErrorCode,
  ModelEvent,
  ModelRequest,
} from '@junctor/agent'
import { createModels, type ModelsOptions } from '@junctor/models'
import type { ModelApiName, ModelServer } from '@junctor/testkit/models'

export const apis: readonly ModelApiName[] = ['anthropic', 'openai-responses', 'openai-chat']

export const secret = 'sk-planted-0123456789abcdef'

export function createRequest(change: Partial<ModelRequest> = {}): ModelRequest {
  return {
    system: 'You are Iris.',
    messages: [userMessage('Hello')],
    tools: [],
    maxOutputTokens: 777,
    context: {},
    ...change,
  }
}

export function userMessage(text: string): Message {
  return { role: 'user', parts: [{ type: 'text', text }] }
}

/** The model `test-model` of the fake server. Waits between tries take no time unless `options` say otherwise. */
export function resolveFake(
  server: ModelServer,
  api: ModelApiName,
  options: ModelsOptions = {},
): Model {
  return createModels({
    providers: { fake: { api, baseUrl: server.baseUrl(api), apiKey: secret } },
    env: {},
    sleep: async () => undefined,
    ...options,
  }).resolve('fake/test-model')
}

export async function collect(
  model: Model,
  request: ModelRequest = createRequest(),
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly ModelEvent[]> {
  const events: ModelEvent[] = []
  for await (const event of model.stream(request, { signal })) events.push(event)
  return events
}

export function textOf(events: readonly ModelEvent[]): string {
  return events.map((event) => (event.type === 'text' ? event.text : '')).join('')
}

/** The error that a call ends with. */
export async function failureOf(calling: Promise<unknown>): Promise<ModelError> {
  const error: unknown = await calling.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (isModelError(error)) return error
  throw new Error('The call did not fail with a ModelError', { cause: error })
}

function isModelError(error: unknown): error is ModelError {
  return hasCode<ModelErrorCode>(
    error,
    'UNAUTHORIZED',
    'OUT_OF_CREDIT',
    'RATE_LIMITED',
    'OVERLOADED',
    'UNAVAILABLE',
    'STREAM_FAILED',
    'STALLED',
    'INVALID_REQUEST',
    'ABORTED',
    'UNKNOWN_MODEL',
  )
}

/** Everything that somebody may print of an error and of what led to it. */
export function printed(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error)
  const own = Object.getOwnPropertyNames(error).map((name) => {
    const value: unknown = Reflect.get(error, name)
    return value instanceof Error ? '' : `${name}=${JSON.stringify(value)}`
  })
  return [String(error), JSON.stringify(error), ...own, printed(error.cause ?? null)].join('\n')
}
