import { ModelError } from '@junctor/agent'
import { anthropicApi } from './anthropic/anthropic-api.ts'
import type { ModelApi, ModelClient } from './model-api.ts'
import { chatApi } from './openai/chat-api.ts'
import { responsesApi } from './openai/responses-api.ts'
import { createRedact, type Redact } from './redact.ts'

export type ModelApiName = 'anthropic' | 'openai-responses' | 'openai-chat'

/** `models.providers.<name>`. */
export interface ProviderSettings {
  /**
   * What the endpoint speaks, or an implementation of your own. Default: `anthropic` and `openai-responses` for the
   * providers `anthropic` and `openai`, else `openai-chat`.
   */
  readonly api?: ModelApiName | ModelApi | undefined
  /** As the SDK takes it: with `/v1` for OpenAI. Default for `anthropic` and `openai`: their own. Needed for any other. */
  readonly baseUrl?: string | undefined
  /** Default: the environment variable `<NAME>_API_KEY`. */
  readonly apiKey?: string | undefined
}

/** A provider that can be called: its settings are complete. */
export interface Provider {
  readonly name: string
  /** Path of its settings, for messages. */
  readonly setting: string
  /** The setting and the variable that may hold its key. */
  readonly keyPlaces: string
  /** Where it is, for messages. */
  readonly place: string
  readonly redact: Redact
  /** Imports the SDK on first use; one client serves every call. */
  client(): Promise<ModelClient>
}

/** A key that stands in no setting. */
export interface ModelCredential {
  /** The key itself. */
  readonly reveal: () => string
  /** Where it is kept, for messages: what to look at when the provider refuses it. */
  readonly place: string
}

export interface ProviderOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly headerTimeoutMs: number
  /** In place of the key of the settings and of the environment. */
  readonly credential?: ModelCredential | undefined
}

const apis: Readonly<Record<ModelApiName, ModelApi>> = {
  anthropic: anthropicApi,
  'openai-responses': responsesApi,
  'openai-chat': chatApi,
}

const builtInApis: ReadonlyMap<string, ModelApiName> = new Map([
  ['anthropic', 'anthropic'],
  ['openai', 'openai-responses'],
])

/** Providers that need no entry under `models.providers`. */
export const builtInProviders: readonly string[] = [...builtInApis.keys()]

/** Throws `UNAUTHORIZED` for a missing or blank key and `INVALID_REQUEST` for settings that cannot work. */
export function createProvider(
  name: string,
  settings: ProviderSettings,
  { env, headerTimeoutMs, credential }: ProviderOptions,
): Provider {
  const setting = `models.providers.${name}`
  const prefix = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')
  const keyPlaces =
    credential?.place ?? `${setting}.apiKey or the environment variable ${prefix}_API_KEY`
  const api = findApi(name, setting, settings.api)
  const baseUrl = checkBaseUrl(name, setting, settings, env[`${prefix}_BASE_URL`])
  const apiKey = credential?.reveal() ?? settings.apiKey ?? env[`${prefix}_API_KEY`] ?? ''
  if (api.needsKey !== false) checkKey(name, keyPlaces, apiKey)

  let client: Promise<ModelClient> | undefined
  return {
    name,
    setting,
    keyPlaces,
    place: baseUrl ?? 'its own address',
    redact: createRedact(apiKey),
    client() {
      client ??= api
        .connect({ provider: name, apiKey: apiKey.trim(), baseUrl, headerTimeoutMs })
        .catch((error: unknown) => {
          client = undefined
          throw error
        })
      return client
    },
  }
}

function findApi(name: string, setting: string, api: ProviderSettings['api']): ModelApi {
  if (typeof api === 'object') return api
  const apiName = api ?? builtInApis.get(name) ?? 'openai-chat'
  if (Object.hasOwn(apis, apiName)) return apis[apiName]
  throw new ModelError(
    name,
    'INVALID_REQUEST',
    `Provider "${name}" has the unknown API "${apiName}". Set ${setting}.api to one of: ${Object.keys(apis).join(', ')}.`,
  )
}

function checkKey(name: string, keyPlaces: string, apiKey: string): void {
  const problem =
    apiKey.trim() === ''
      ? 'has no API key'
      : /[^\x21-\x7e]/.test(apiKey.trim())
        ? 'has an API key with characters that no key holds (spaces, line breaks or letters beyond ASCII)'
        : undefined
  if (problem === undefined) return
  throw new ModelError(
    name,
    'UNAUTHORIZED',
    `Provider "${name}" ${problem}. Set ${keyPlaces}; where an endpoint needs none, any word will do.`,
  )
}

function checkBaseUrl(
  name: string,
  setting: string,
  { api, baseUrl }: ProviderSettings,
  fromEnv: string | undefined,
): string | undefined {
  const given = baseUrl ?? (fromEnv === '' ? undefined : fromEnv)
  if (given === undefined) {
    if (builtInApis.has(name) || typeof api === 'object') return undefined
    throw invalidBaseUrl(name, setting, 'has no address')
  }
  const url = URL.parse(given)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw invalidBaseUrl(name, setting, 'has an address that is no http(s) URL')
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidBaseUrl(name, setting, 'has an address with a user name or password in it')
  }
  return given
}

function invalidBaseUrl(name: string, setting: string, problem: string): ModelError {
  return new ModelError(
    name,
    'INVALID_REQUEST',
    `Provider "${name}" ${problem}. Set ${setting}.baseUrl, such as "https://models.example.com/v1".`,
  )
}
