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

/** The reference gateway: built-in channels, loaded when the config first uses them, real models, built-in tools. */
export function assembleGateway({ config, store, log, env }: AssembleOptions): Gateway {
  return createGateway({
    config,
    store,
    log,
    channels: {
      telegram: async () => (await import('@junctor/channel-telegram')).telegram(),
      web: async () => (await import('@junctor/channel-web')).web(),
    },
    models: createModelSource(env),
    tools: builtinTools(),
  })
}
