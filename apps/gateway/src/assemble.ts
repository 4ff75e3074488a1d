import type { Logger } from '@junctor/channel'
import type { Config } from '@junctor/config'
import { createGateway, type Gateway } from '@junctor/gateway'
import type { Store } from '@junctor/store'
import { builtinTools } from '@junctor/tools'
import { createModelSource } from './model-source.ts'

export interface AssembleOptions {
  readonly config: Config
  readonly store: Store
  readonly log: Logger
  readonly env: { readonly [name: string]: string | undefined }
}

export interface Assembled {
  readonly gateway: Gateway
  /** Models of later turns come from this config. */
  readonly useConfig: (config: Config) => void
}

/** The reference gateway: built-in channels, loaded when the config first uses them, real models, built-in tools. */
export function assembleGateway({ config, store, log, env }: AssembleOptions): Assembled {
  let models = createModelSource(config, env)
  const gateway = createGateway({
    config,
    store,
    log,
    channels: {
      telegram: async () => (await import('@junctor/channel-telegram')).telegram(),
      web: async () => (await import('@junctor/channel-web')).web(),
    },
    models: { resolve: (id) => models.resolve(id) },
    tools: builtinTools(),
  })
  return {
    gateway,
    useConfig: (next) => {
      models = createModelSource(next, env)
    },
  }
}
