import type { Config } from '@junctor/config'
import {
  createProfilePool,
  withProfiles,
  type ProfiledModel,
  type ProfilePool,
} from '@junctor/credentials'
import type { ModelSource } from '@junctor/gateway'
import { createDemoModel, createModels, type Models } from '@junctor/models'

export interface ModelSourceOptions {
  readonly env: { readonly [name: string]: string | undefined }
  /** Told of every key that is read. */
  readonly found?: (secret: string) => void
  /** Told what stands against a key, by the name of its profile. */
  readonly warn?: (problem: string) => void
  /** True: files that others may read are left as they are. Default false: they are closed. */
  readonly isReader?: boolean
}

type AgentConfig = Config['agents']['list'][number]

/** What is made once for each config. */
interface Compiled {
  readonly models: Models
  readonly agents: ReadonlyMap<string, AgentConfig>
  readonly profiled: Map<string, ProfiledModel>
}

/** The models of the providers that a config has, each agent's called with the credentials that are its own. */
export function createModelSource({
  env,
  found = () => {},
  warn = () => {},
  isReader = false,
}: ModelSourceOptions): ModelSource {
  const demo = createDemoModel()
  const compiledOf = new WeakMap<Config, Compiled>()
  const pools = createPools({ env, found, warn, isReader })

  const compile = (config: Config): Compiled => {
    const known = compiledOf.get(config)
    if (known !== undefined) return known
    const { providers, aliases } = config.models
    const compiled = {
      models: createModels({ providers, aliases, env }),
      agents: new Map(config.agents.list.map((agent) => [agent.id, agent])),
      profiled: new Map<string, ProfiledModel>(),
    }
    compiledOf.set(config, compiled)
    return compiled
  }

  const profiledModel: (...of: Parameters<ModelSource['resolve']>) => ProfiledModel = (
    id,
    config,
    { id: agentId, agentDir },
  ) => {
    const { models, agents, profiled } = compile(config)
    const name = JSON.stringify([agentId, id])
    const known = profiled.get(name)
    if (known !== undefined) return known
    const provider = models.providerOf(id)
    const { scope, order } = agents.get(agentId)?.auth ?? { order: {} }
    const model = withProfiles({
      id,
      provider,
      agentId,
      scope,
      own: pools(agentDir),
      shared: pools(config.stateDir),
      rules: {
        order: Object.hasOwn(order, provider) ? order[provider] : undefined,
        terms: config.auth.profiles,
      },
      connect: (key, hasStandIn) => models.resolveWith(id, key, { hasStandIn }),
      installation: () => models.resolve(id),
      warn,
    })
    profiled.set(name, model)
    return model
  }

  return {
    resolve: (id, config, agent) => (id === demo.id ? demo : profiledModel(id, config, agent)),
    problem: async (id, config, agent) =>
      id === demo.id ? undefined : profiledModel(id, config, agent).problem(),
  }
}

/** One pool for each folder, whatever configs come and go: it knows which session has which profile. */
function createPools(options: Required<ModelSourceOptions>): (folder: string) => ProfilePool {
  const pools = new Map<string, ProfilePool>()
  return (folder) => {
    const pool = pools.get(folder) ?? createProfilePool({ ...options, folder })
    pools.set(folder, pool)
    return pool
  }
}
