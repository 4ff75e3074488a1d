import type {
  BindingConfig,
  BroadcastConfig,
  DeliveryConfig,
  GatewayConfig,
  ProviderConfig,
  SessionConfig,
  StoreConfig,
  ToolsConfig,
} from '../config.ts'
import { agents, tools, type AgentsInput } from './agents.ts'
import { bindings, broadcast, dmScope } from './bindings.ts'
import { channels, url, type ChannelInput } from './channels.ts'
import { list, record } from './collections.ts'
import { object } from './object.ts'
import type { Reader } from './reader.ts'
import { oneOf, text, wholeNumber } from './scalars.ts'
import { secret, type SecretSource } from './secret.ts'

/** The file as it is written: typed and checked on its own, before defaults and before anything is compared. */
export interface ConfigInput {
  readonly gateway?: Partial<GatewayConfig>
  readonly agents?: AgentsInput
  readonly bindings?: readonly BindingConfig[]
  readonly broadcast?: Partial<BroadcastConfig>
  readonly routing?: { readonly omittedAccount?: 'any' | 'default' }
  readonly session?: Partial<SessionConfig>
  readonly tools?: ToolsConfig
  readonly channels?: Readonly<Record<string, ChannelInput>>
  readonly models?: {
    readonly providers?: Readonly<Record<string, ProviderConfig>>
    readonly aliases?: Readonly<Record<string, string>>
  }
  readonly delivery?: Partial<DeliveryConfig>
  readonly store?: Partial<StoreConfig>
}

/** Reads the canonical shape. Secrets are resolved on the way, so that a missing one is reported where it stands. */
export function configSchema(from: SecretSource): Reader<ConfigInput> {
  return object(
    {},
    {
      gateway: object(
        {},
        {
          host: text(),
          port: wholeNumber(0, 65_535),
          allowedHosts: list(text()),
          maxMessageBytes: wholeNumber(1_024),
        },
        { unavailable: ['extraListen', 'auth'] },
      ),
      agents,
      bindings,
      broadcast,
      routing: object(
        {},
        { omittedAccount: oneOf('any', 'default') },
        { unavailable: ['policies', 'onUnavailable'] },
      ),
      session: object(
        {},
        { mainKey: text(), dmScope, identityLinks: record(list(text())) },
        {
          unavailable: [
            'scope',
            'reset',
            'resetByType',
            'resetByChannel',
            'sendPolicy',
            'agentToAgent',
          ],
        },
      ),
      tools,
      channels: channels(from),
      models: object({}, { providers: record(provider(from)), aliases: record(text()) }),
      delivery: object({}, { unknown: oneOf('resend', 'hold') }),
      store: object({}, { durability: oneOf('process', 'power-loss') }),
    },
    { unavailable: ['auth', 'memory', 'tasks', 'coordinator', 'charter', 'telemetry'] },
  )
}

function provider(from: SecretSource): Reader<ProviderConfig> {
  return object(
    {},
    {
      baseUrl: url(from),
      apiKey: secret(from),
      api: oneOf('anthropic', 'openai-responses', 'openai-chat'),
    },
  )
}
