import type { Config } from '@junctor/config'
import type { ModelSource } from '@junctor/gateway'
import { createDemoModel, createModels, type Models } from '@junctor/models'

/** The models of the providers that a config has. */
export function createModelSource(env: {
  readonly [name: string]: string | undefined
}): ModelSource {
  const demo = createDemoModel()
  const modelsOf = new WeakMap<Config, Models>()

  const provide = (config: Config): Models => {
    const known = modelsOf.get(config)
    if (known !== undefined) return known
    const { providers, aliases } = config.models
    const models = createModels({ providers, aliases, env })
    modelsOf.set(config, models)
    return models
  }

  return { resolve: (id, config) => (id === demo.id ? demo : provide(config).resolve(id)) }
}
