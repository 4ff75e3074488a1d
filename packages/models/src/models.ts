import { setTimeout as sleepFor } from 'node:timers/promises'
import type { Model } from '@junctor/agent'
import { defaultLimits, type ModelLimits } from './limits.ts'
import { parseModelId } from './model-id.ts'
import {
  builtInProviders,
  createProvider,
  type ModelCredential,
  type Provider,
  type ProviderSettings,
} from './provider.ts'
import { streamCall } from './stream-call.ts'

export interface ModelsOptions {
  /** By name. `anthropic` and `openai` are there without an entry. */
  readonly providers?: Readonly<Record<string, ProviderSettings>>
  /** Other names for ids, such as `{ fast: 'anthropic/claude-haiku-4-5' }`. */
  readonly aliases?: Readonly<Record<string, string>>
  /** Where keys and base URLs are looked up that the settings leave out. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly limits?: Partial<ModelLimits>
  /** Waits between tries. Must end at once when the signal aborts. */
  readonly sleep?: (delayMs: number, options: { readonly signal: AbortSignal }) => Promise<unknown>
  /** From 0 to 1, for the jitter of those waits. Default `Math.random`. */
  readonly random?: () => number
  /** Milliseconds since 1970, for a `retry-after` that is a date. Default `Date.now`. */
  readonly now?: () => number
}

export interface Models {
  /**
   * The model of this id, the same one each time. Throws `ModelError`: `UNKNOWN_MODEL` when no provider serves it,
   * `UNAUTHORIZED` when its provider has no key, `INVALID_REQUEST` when its settings cannot work.
   */
  resolve(id: string): Model
  /** The same with a key of the caller's. The credential must stay the same object for as long as it is the same key. */
  resolveWith(id: string, credential: ModelCredential, options?: ResolveOptions): Model
  /** Who serves this id. Throws `UNKNOWN_MODEL`. */
  providerOf(id: string): string
}

export interface ResolveOptions {
  /** True: somebody else can take the call, so a busy provider (429, 529) is not waited for. Default false. */
  readonly hasStandIn?: boolean
}

/** The models of the configured providers. An SDK is imported by the first call that needs it. */
export function createModels({
  providers: settings = {},
  aliases = {},
  env = process.env,
  limits: givenLimits = {},
  sleep = (delayMs, options) => sleepFor(delayMs, undefined, options),
  random = Math.random,
  now = Date.now,
}: ModelsOptions = {}): Models {
  const limits: ModelLimits = { ...defaultLimits, ...givenLimits }
  const configured = Object.keys(settings)
  const known = [...new Set([...builtInProviders, ...configured])]
  const providers = new Map<string, Provider>()
  const models = new Map<string, Model>()
  const ofCredentials = new WeakMap<ModelCredential, Map<string, Provider>>()

  return {
    resolve(id) {
      let model = models.get(id)
      if (model === undefined) {
        const parsed = parseModelId(id, aliases, { known, configured })
        model = createModel(provide(parsed.provider), parsed.model)
        models.set(id, model)
      }
      return model
    },
    resolveWith(id, credential, { hasStandIn = false } = {}) {
      const parsed = parseModelId(id, aliases, { known, configured })
      const own = ofCredentials.get(credential) ?? new Map<string, Provider>()
      ofCredentials.set(credential, own)
      const provider = own.get(parsed.provider) ?? make(parsed.provider, credential)
      own.set(parsed.provider, provider)
      return createModel(provider, parsed.model, hasStandIn)
    },
    providerOf: (id) => parseModelId(id, aliases, { known, configured }).provider,
  }

  function provide(name: string): Provider {
    let provider = providers.get(name)
    if (provider === undefined) {
      provider = make(name)
      providers.set(name, provider)
    }
    return provider
  }

  function make(name: string, credential?: ModelCredential): Provider {
    const own = Object.hasOwn(settings, name) ? settings[name] : undefined
    const { headerTimeoutMs } = limits
    return createProvider(name, own ?? {}, { env, headerTimeoutMs, credential })
  }

  function createModel(provider: Provider, model: string, hasStandIn = false): Model {
    const options = { provider, model, limits, random, now, sleep, hasStandIn }
    return {
      spec: 'model-v1',
      id: `${provider.name}/${model}`,
      stream: (request, { signal }) => streamCall(options, request, signal),
    }
  }
}
