import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { telegram } from '@junctor/channel-telegram'
import { parseConfig, type Config } from '@junctor/config'
import { createGateway, type Gateway, type GatewayOptions } from '@junctor/gateway'
import { createModels } from '@junctor/models'
import type { Store } from '@junctor/store'
import { openSqliteStore } from '@junctor/store-sqlite'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import { createTelegramServer, type TelegramServer } from '@junctor/testkit/telegram'
import { createBuiltinTools, createHostWorkbench } from '@junctor/tools'

/** A gateway with everything real around it: sockets, SDKs, store, files. */
export interface House {
  readonly telegram: TelegramServer
  readonly models: ModelServer
  readonly stateDir: string
  readonly config: Config
  gateway: Gateway
  store: Store
  tokenOf(accountId: string): string
  /** The config that these settings make, for a reload. */
  configFrom(settings: Settings): Config
  /** Stop, and start again on the same state. */
  restart(options?: Partial<GatewayOptions>): Promise<void>
  close(): Promise<void>
}

/** The config as a person would write it; accounts get their tokens here. */
export interface Settings {
  readonly agents: readonly { readonly id: string; readonly [key: string]: unknown }[]
  readonly accounts: readonly string[]
  readonly bindings?: readonly object[]
  readonly more?: { readonly [key: string]: unknown }
  /** Of the section `models`, beside the provider of the house. */
  readonly models?: object
  readonly telegram?: { readonly [key: string]: unknown }
}

export async function openHouse(
  settings: Settings,
  options: Partial<GatewayOptions> = {},
): Promise<House> {
  const stateDir = await mkdtemp(join(tmpdir(), 'junctor-house-'))
  const tokenOf = (accountId: string): string =>
    `${1_000 + settings.accounts.indexOf(accountId)}:fake-token-of-${accountId}`
  const bots = settings.accounts.map((id) => ({ token: tokenOf(id), username: `${id}_bot` }))
  const [platform, models] = await Promise.all([
    createTelegramServer({ bots }),
    createModelServer(),
  ])

  const configFrom = ({
    agents,
    accounts,
    bindings = [],
    more = {},
    telegram: own = {},
    models: ownModels = {},
  }: Settings) =>
    parsed(
      {
        agents: { defaults: { model: 'anthropic/claude-test' }, list: agents },
        bindings,
        session: { dmScope: 'per-account-channel-peer' },
        channels: {
          telegram: {
            dmPolicy: 'open',
            groupPolicy: 'open',
            groups: { '*': { requireMention: false } },
            ...own,
            accounts: Object.fromEntries(
              accounts.map((id) => [id, { botToken: tokenOf(id), apiRoot: platform.url }]),
            ),
          },
        },
        models: {
          providers: { anthropic: { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' } },
          ...ownModels,
        },
        ...more,
      },
      stateDir,
    )

  const config = configFrom(settings)
  const open = (more: Partial<GatewayOptions>) => {
    const { now } = { ...options, ...more }
    const store = more.store ?? openSqliteStore({ stateDir, ...(now === undefined ? {} : { now }) })
    const gateway = createGateway({
      config,
      store,
      channels: { telegram: telegram() },
      models: createModels({ providers: config.models.providers }),
      tools: createBuiltinTools().tools,
      workbenches: {
        open: async ({ agent, skills = [], environment = {} }) =>
          createHostWorkbench({
            folder: agent.workspace,
            readable: skills.map(({ folder }) => folder),
            environment,
          }),
      },
      ...options,
      ...more,
    })
    return { store, gateway }
  }

  const house: House = {
    telegram: platform,
    models,
    stateDir,
    config,
    ...open({}),
    tokenOf,
    configFrom,
    async restart(more = {}) {
      await house.gateway.stop()
      await house.store.close()
      Object.assign(house, open(more))
      await house.gateway.start()
    },
    async close() {
      await house.gateway.stop({ graceMs: 100 })
      await house.store.close()
      await Promise.all([platform.stop(), models.close()])
      await rm(stateDir, { recursive: true, force: true })
    },
  }
  await house.gateway.start()
  return house
}

function parsed(config: object, stateDir: string): Config {
  const result = parseConfig(JSON.stringify(config), { home: stateDir, stateDir })
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'))
  return result.config
}
