import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { slack } from '@junctor/channel-slack'
import { parseConfig } from '@junctor/config'
import { createGateway, type Gateway } from '@junctor/gateway'
import { createModels } from '@junctor/models'
import type { Store } from '@junctor/store'
import { openSqliteStore } from '@junctor/store-sqlite'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import {
  createSlackServer,
  type ShownMessage,
  type SlackServer,
  type SlackWorkspace,
} from '@junctor/testkit/slack'
import { vi } from 'vitest'

/** A gateway with everything real around it, in one Slack workspace. */
export interface SlackHouse {
  readonly server: SlackServer
  readonly workspace: SlackWorkspace
  readonly models: ModelServer
  gateway: Gateway
  store: Store
  /** What the bot wrote in a conversation, oldest first. */
  answersIn(channel: string): readonly ShownMessage[]
  /** Resolves when a conversation shows that many finished answers. */
  untilAnswers(channel: string, count: number): Promise<readonly string[]>
  /** Resolves when the account is in this state. */
  untilState(state: string): Promise<void>
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

export const botToken = 'xoxb-fake-token'
export const appToken = 'xapp-fake-token'
const patience = { timeout: 20_000, interval: 20 }

export function slackConfig(server: SlackServer, models: ModelServer, more: object = {}): object {
  const account = { botToken, appToken, apiRoot: server.url }
  return {
    agents: { list: [{ id: 'main', model: 'anthropic/claude-test' }] },
    session: { dmScope: 'per-channel-peer' },
    channels: {
      web: { enabled: false },
      slack: { dmPolicy: 'open', groupPolicy: 'open', ...account },
    },
    models: {
      providers: { anthropic: { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' } },
    },
    ...more,
  }
}

export function openSlackServer(): Promise<SlackServer> {
  return createSlackServer({
    workspaces: [{ botToken, appToken }],
    ackTimeoutMs: 60_000,
    retryAfterMs: 20,
    mostRetries: 1_000_000,
  })
}

export async function openSlackHouse(more: object = {}): Promise<SlackHouse> {
  const stateDir = await mkdtemp(join(tmpdir(), 'junctor-slack-'))
  const [server, models] = await Promise.all([openSlackServer(), createModelServer()])
  const text = JSON.stringify(slackConfig(server, models, more))
  const parsed = parseConfig(text, { home: stateDir, stateDir })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const { config } = parsed
  const workspace = server.workspace(botToken)
  const open = (): Pick<SlackHouse, 'store' | 'gateway'> => {
    const store = openSqliteStore({ stateDir })
    const gateway = createGateway({
      config,
      store,
      channels: { slack: slack({ firstBackoffMs: 20, maxBackoffMs: 200, pulseMs: 100 }) },
      models: createModels({ providers: config.models.providers }),
    })
    return { store, gateway }
  }
  const answersIn = (channel: string): readonly ShownMessage[] =>
    workspace.messages(channel).filter(({ message }) => message.bot_id !== undefined)

  const house: SlackHouse = {
    server,
    workspace,
    models,
    ...open(),
    answersIn,
    async untilAnswers(channel, count) {
      const isThere = (): boolean =>
        answersIn(channel).filter(({ isStreaming }) => !isStreaming).length >= count
      await server.waitFor(isThere, { timeoutMs: 60_000 })
      return answersIn(channel).map((answer) => answer.text)
    },
    async untilState(state) {
      await vi.waitFor(async () => {
        const { channels } = await house.gateway.status()
        const account = channels.find(({ channel }) => channel === 'slack')
        if (account?.state !== state) throw new Error(`The account is ${account?.state}`)
      }, patience)
    },
    async stop() {
      await house.gateway.stop({ graceMs: 2000 })
      await house.store.close()
    },
    async start() {
      Object.assign(house, open())
      await house.gateway.start()
    },
    async close() {
      await house.gateway.stop({ graceMs: 100 })
      await house.store.close()
      await Promise.all([server.stop(), models.close()])
      await rm(stateDir, { recursive: true, force: true })
    },
  }
  await house.gateway.start()
  return house
}
