import type {
  BindingConfig,
  BroadcastConfig,
  CommandsConfig,
  CronConfig,
  DeliveryConfig,
  GatewayConfig,
  ModelPrice,
  ProviderConfig,
  RoutingConfig,
  SkillSettings,
  StoreConfig,
} from '../config.ts'
import type { NodeConfig } from '../nodes-config.ts'
import type { BrowserConfig } from '../tools-config.ts'
import { defaultDelivery, defaultGateway, defaultStore } from '../defaults/default-values.ts'
import { agents, type AgentsInput } from './agents.ts'
import { auth, type AuthInput } from './auth.ts'
import { bindings, broadcast } from './bindings.ts'
import { browser } from './browser.ts'
import { url } from './channel-settings.ts'
import { channels, type ChannelInput } from './channels.ts'
import { list, record } from './collections.ts'
import { commands } from './commands.ts'
import { cron } from './cron.ts'
import { messages, type MessagesInput } from './messages.ts'
import { nodes } from './nodes.ts'
import { object } from './object.ts'
import { price } from './prices.ts'
import { described, reader, type Reader } from './reader.ts'
import { routing } from './routing.ts'
import { oneOf, text, wholeNumber } from './scalars.ts'
import { anythingDefinition, secret } from './secret.ts'
import { session, type SessionInput } from './session.ts'
import { skills } from './skills.ts'
import { allTools, type ToolsInput } from './tools.ts'

/** A provider, and what its models cost. */
export interface ProviderInput extends ProviderConfig {
  readonly prices?: Readonly<Record<string, ModelPrice>>
}

/** The file as it is written: typed and checked on its own, before defaults and before anything is compared. */
export interface ConfigInput {
  /** For editors; not read. */
  readonly $schema?: string
  readonly gateway?: Partial<GatewayConfig>
  readonly agents?: AgentsInput
  readonly bindings?: readonly BindingConfig[]
  readonly broadcast?: Partial<BroadcastConfig>
  readonly routing?: Partial<RoutingConfig>
  readonly session?: SessionInput
  readonly tools?: ToolsInput
  readonly browser?: BrowserConfig
  readonly nodes?: Readonly<Record<string, NodeConfig>>
  readonly channels?: Readonly<Record<string, ChannelInput>>
  readonly models?: {
    readonly providers?: Readonly<Record<string, ProviderInput>>
    readonly aliases?: Readonly<Record<string, string>>
    readonly prices?: Readonly<Record<string, ModelPrice>>
  }
  readonly auth?: AuthInput
  readonly messages?: MessagesInput
  readonly commands?: Partial<CommandsConfig>
  readonly cron?: Partial<CronConfig>
  readonly delivery?: Partial<DeliveryConfig>
  readonly skills?: { readonly entries?: Readonly<Record<string, SkillSettings>> }
  readonly store?: Partial<StoreConfig>
}

const gateway: Reader<Partial<GatewayConfig>> = object(
  {},
  {
    host: described(
      text(),
      'The address to listen on; the default is this machine only.',
      defaultGateway.host,
    ),
    port: described(
      wholeNumber(0, 65_535),
      'The port to listen on; with 0 the system picks a free one.',
      defaultGateway.port,
    ),
    allowedHosts: described(
      list(text()),
      'Names besides host and the loopback ones under which browsers may call, as a proxy does.',
    ),
    maxMessageBytes: described(
      wholeNumber(1_024),
      'The largest inbound message, as stored.',
      defaultGateway.maxMessageBytes,
    ),
  },
  { unavailable: ['extraListen', 'auth'] },
)

const delivery: Reader<Partial<DeliveryConfig>> = object(
  {},
  {
    unknown: described(
      oneOf('resend', 'hold'),
      'What happens after a crash to a message that may or may not have been posted.',
      defaultDelivery.unknown,
    ),
  },
)

const store: Reader<Partial<StoreConfig>> = object(
  {},
  {
    durability: described(
      oneOf('process', 'power-loss'),
      'What a stored message survives: the end of the process, or also a loss of power.',
      defaultStore.durability,
    ),
  },
)

const provider: Reader<ProviderInput> = object(
  {},
  {
    baseUrl: described(url, 'Where the API is, unless at the maker of the provider.'),
    apiKey: described(secret, 'The key, "${NAME}" or { "$file": "path" }.'),
    api: described(
      oneOf('anthropic', 'openai-responses', 'openai-chat'),
      'Which protocol the API speaks.',
    ),
    prices: described(record(price), 'Model, as the provider names it → what it costs.'),
  },
)

const models: Reader<NonNullable<ConfigInput['models']>> = object(
  {},
  {
    providers: described(record(provider), 'Model providers by name.'),
    aliases: described(record(text()), 'Short name → "provider/model".'),
    prices: described(record(price), 'Model → what it costs, for limits.usdPerDay.'),
  },
)

const whole = object(
  {},
  {
    $schema: described(text(), 'The address of this schema, for editors.'),
    gateway: described(gateway, 'The HTTP server: the web page, the API and webhooks.'),
    agents: described(agents, 'Who answers.'),
    bindings: described(bindings, 'Which agent answers what; the most specific one wins.'),
    broadcast: described(broadcast, 'Rooms in which several agents answer.'),
    routing: described(routing, 'How bindings are read, and what holds where none fits.'),
    session: described(session, 'Which messages make up one conversation.'),
    browser: described(browser, 'The Chromium that the tool browser uses.'),
    tools: described(allTools, "What every agent's tools are limited to."),
    channels: described(channels, 'The chat accounts, by channel.'),
    models: described(models, 'Model providers, and short names for models.'),
    auth: described(auth, 'Whose keys models are called with, and in which order.'),
    messages: described(messages, 'What becomes of messages while an agent is busy, and in rooms.'),
    commands: described(commands, 'Commands in chat, such as /status.'),
    cron: described(cron, 'Messages that agents get at their time.'),
    nodes: described(nodes, 'Other machines, and who may run what there.'),
    delivery: described(delivery, 'How answers are posted.'),
    skills: described(skills, 'Settings of skills.'),
    store: described(store, 'What is kept, and how safely.'),
  },
  { unavailable: ['memory', 'tasks', 'coordinator', 'charter', 'telemetry'] },
)

/** Reads the canonical shape. Secrets are resolved on the way, so that a missing one is reported where it stands. */
export const configSchema: Reader<ConfigInput> = reader(
  { ...whole.schema, definitions: anythingDefinition },
  whole,
)
