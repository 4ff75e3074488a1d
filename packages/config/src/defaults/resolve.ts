import type { Config, ModelPrice, ModelsConfig, ProviderConfig } from '../config.ts'
import { toRecord } from '../record.ts'
import type { ConfigInput, ProviderInput } from '../schema/config-schema.ts'
import {
  defaultAgentToAgent,
  defaultAgentToAgentBounds,
  defaultCommands,
  defaultCron,
  defaultDelivery,
  defaultGateway,
  defaultGroupChat,
  defaultQueue,
  defaultReset,
  defaultRouting,
  defaultSession,
  defaultStore,
} from './default-values.ts'
import { resolveModel } from './model-names.ts'
import { resolveAgents, type Places } from './agents.ts'
import { resolveChannels, valueOf, type Environment } from './channels.ts'

const keyVariables = [
  ['anthropic', 'ANTHROPIC_API_KEY'],
  ['openai', 'OPENAI_API_KEY'],
] as const

/** Fills in everything that the file leaves out. */
export function resolveConfig(input: ConfigInput, env: Environment, places: Places): Config {
  const { bindings = [], tools = {}, broadcast, session = {} } = input
  const models = resolveModels(input.models ?? {}, env)
  const groupChat = { ...defaultGroupChat, ...input.messages?.groupChat }
  return {
    stateDir: places.stateDir,
    gateway: { allowedHosts: [], ...defaultGateway, ...input.gateway },
    agents: {
      list: resolveAgents(input.agents ?? {}, {
        models,
        places,
        groupChat,
        auth: input.auth ?? {},
        skills: input.skills?.entries ?? {},
      }),
    },
    bindings,
    ...(broadcast?.groups === undefined
      ? {}
      : { broadcast: { strategy: 'parallel', ...broadcast, groups: broadcast.groups } }),
    routing: { policies: [], ...defaultRouting, ...input.routing },
    session: {
      ...defaultSession,
      identityLinks: toRecord([]),
      reset: defaultReset,
      resetByType: {},
      resetByChannel: toRecord([]),
      ...session,
      agentToAgent: { ...defaultAgentToAgentBounds, ...session.agentToAgent },
    },
    tools: { ...tools, agentToAgent: { ...defaultAgentToAgent, ...tools.agentToAgent } },
    browser: input.browser ?? {},
    nodes: input.nodes ?? toRecord([]),
    channels: resolveChannels(input.channels ?? {}, env, places),
    models,
    auth: { profiles: input.auth?.profiles ?? toRecord([]) },
    messages: {
      queue: { byChannel: toRecord([]), ...defaultQueue, ...input.messages?.queue },
      groupChat,
    },
    commands: { ...defaultCommands, allowFrom: toRecord([]), ...input.commands },
    cron: { ...defaultCron, ...input.cron },
    delivery: { ...defaultDelivery, ...input.delivery },
    store: { ...defaultStore, ...input.store },
  }
}

/** Aliases lead to full ids, so that nobody else has to know how bare ones are read. */
function resolveModels(
  { providers = {}, aliases = {}, prices = {} }: NonNullable<ConfigInput['models']>,
  env: Environment,
): ModelsConfig {
  const known = {
    providers: resolveProviders(providers, env),
    aliases: toRecord<string>([]),
    prices: toRecord<ModelPrice>([]),
  }
  const entries = Object.entries(aliases)
  const models = {
    ...known,
    aliases: toRecord(entries.map(([alias, name]) => [alias, resolveModel(name, known)] as const)),
  }
  const ofProviders = Object.entries(providers).flatMap(([name, provider]) =>
    Object.entries(provider.prices ?? {}).map(
      ([model, price]) => [`${name}/${model}`, price] as const,
    ),
  )
  const own = Object.entries(prices).map(
    ([name, price]) => [resolveModel(name, models), price] as const,
  )
  return { ...models, prices: toRecord([...ofProviders, ...own]) }
}

function resolveProviders(
  written: Readonly<Record<string, ProviderInput>>,
  env: Environment,
): Readonly<Record<string, ProviderConfig>> {
  const providers = new Map<string, ProviderConfig>(
    Object.entries(written).map(([name, { prices: _, ...provider }]) => [name, provider]),
  )
  for (const [name, variable] of keyVariables) {
    const apiKey = valueOf(env, variable)
    if (apiKey !== undefined) providers.set(name, { apiKey, ...providers.get(name) })
  }
  return toRecord(providers)
}
