import type { Config } from '@junctor/config'
import type { ModelSource } from '@junctor/gateway'
import { createDemoModel, createModels } from '@junctor/models'

export function createModelSource(
  { models }: Config,
  env: { readonly [name: string]: string | undefined },
): ModelSource {
  const demo = createDemoModel()
  const providers = createModels({ providers: models.providers, aliases: models.aliases, env })
  return { resolve: (id) => (id === demo.id ? demo : providers.resolve(id)) }
}
