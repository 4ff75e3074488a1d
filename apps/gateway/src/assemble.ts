import type { Logger } from '@junctor/channel'
import type { Config } from '@junctor/config'
import { createGateway, type Gateway, type WorkbenchSource } from '@junctor/gateway'
import type { NodeHub } from '@junctor/node'
import type { Store } from '@junctor/store'
import { createBuiltinTools } from '@junctor/tools'
import { createTurnRunner } from './turn-runner.ts'
import { channelSources } from './channel-sources.ts'
import { createModelSource } from './model-source.ts'
import { addSecret } from './secrets.ts'
import { createToolSource } from './tool-source.ts'
import { withoutSecrets } from './without-secrets.ts'

export interface AssembleOptions {
  readonly config: Config
  readonly store: Store
  readonly log: Logger
  readonly env: { readonly [name: string]: string | undefined }
  /** Absolute folders where channel packages may be installed, the first that has one first. */
  readonly packageFolders: readonly string[]
  readonly workbenches: WorkbenchSource
  /** Where sandboxes keep their folders. */
  readonly stateDir: string
  /** Other machines that agents may use. Default: none. */
  readonly nodes?: NodeHub
  /** What no log and no result of a tool may show; grows with every key that is found. Default: nothing is known yet. */
  readonly secrets?: Set<string>
}

/** The reference gateway: built-in channels, loaded when the config first uses them, real models, built-in tools. */
export function assembleGateway({
  config,
  store,
  log,
  env,
  packageFolders,
  workbenches,
  stateDir,
  secrets = new Set(),
  nodes,
}: AssembleOptions): Gateway {
  const builtin = createBuiltinTools()
  const configured = createToolSource(nodes)
  const turns = createTurnRunner({ stateDir, env, log, secrets })
  const gateway = createGateway({
    config,
    store,
    log,
    ...channelSources(packageFolders),
    models: createModelSource({
      env,
      found: (secret) => addSecret(secrets, secret),
      warn: (problem) => log.warn({}, problem),
    }),
    tools: builtin.tools.map((tool) => withoutSecrets(tool, secrets)),
    toolSources: [
      {
        async toolsFor(request) {
          const { tools, ...found } = await configured.toolsFor(request)
          return { ...found, tools: tools.map((tool) => withoutSecrets(tool, secrets)) }
        },
      },
    ],
    workbenches,
    turns,
  })
  return {
    ...gateway,
    async stop(stopOptions) {
      await gateway.stop(stopOptions)
      await Promise.all([builtin.close(), configured.close(), turns.close()])
    },
  }
}
