import type {
  Address,
  Channel,
  ChannelHost,
  Connection,
  Envelope,
  Health,
  Outbound,
} from '@junctor/channel'
import { slack, type SlackConfig, type SlackOptions } from '@junctor/channel-slack'
import {
  createSlackServer,
  type SlackServer,
  type SlackServerOptions,
  type SlackWorkspace,
} from '@junctor/testkit/slack'
import { expect, onTestFinished } from 'vitest'
import {
  botToken,
  configOf,
  openEntrance,
  quickTiming,
  workspaceOptions,
  type Mode,
} from './harness.ts'

/** A loaded machine takes its time. */
export const patience = { timeout: 15_000 }

/** A Slack and one open account on it, closed when the test has finished. */
export interface TestAccount {
  readonly server: SlackServer
  readonly workspace: SlackWorkspace
  readonly connection: Connection
  readonly channel: Channel<SlackConfig>
  readonly received: readonly Envelope[]
  readonly health: readonly Health[]
  readonly logged: readonly string[]
  readonly vault: Map<string, Uint8Array>
  /** Resolves with the messages and events of people once there are so many. */
  events(count: number): Promise<readonly Envelope[]>
  send(to: Address, message: Partial<Outbound>): ReturnType<Connection['send']>
  /** Resolves when the account says this of itself. */
  untilHealth(state: Health['state']): Promise<void>
}

export interface TestAccountOptions {
  readonly mode?: Mode
  readonly receive?: ChannelHost['receive']
  readonly timing?: SlackOptions
  readonly config?: Partial<SlackConfig>
  readonly server?: SlackServer
  readonly serverOptions?: Partial<SlackServerOptions>
  readonly vault?: Map<string, Uint8Array>
  readonly accountId?: string
  /** Default: one of its own. */
  readonly channel?: Channel<SlackConfig>
  readonly before?: (workspace: SlackWorkspace) => void
}

export async function openTestAccount(options: TestAccountOptions = {}): Promise<TestAccount> {
  const { mode = 'socket', vault = new Map<string, Uint8Array>() } = options
  const server = options.server ?? (await openServer(options.serverOptions))
  const workspace = server.workspace(options.config?.botToken ?? botToken)
  options.before?.(workspace)
  const entrance = await openEntrance(mode, workspace)
  onTestFinished(entrance.close)
  const received: Envelope[] = []
  const health: Health[] = []
  const logged: string[] = []
  const log = (_fields: object, message: string): void => void logged.push(message)
  const host: ChannelHost = {
    accountId: options.accountId ?? 'default',
    log: { debug() {}, info: log, warn: log, error: log },
    vault: {
      read: async (key) => vault.get(key),
      write: async (key, value) => void vault.set(key, value),
      remove: async (key) => void vault.delete(key),
    },
    fetch,
    signal: new AbortController().signal,
    async receive(envelope) {
      received.push(envelope)
      return options.receive?.(envelope) ?? 'accepted'
    },
    report: (state) => void health.push(state),
  }
  const channel = options.channel ?? slack({ ...quickTiming, ...options.timing })
  const connection = await entrance
    .wrap(channel)
    .open({ ...configOf(mode, server.url), ...options.config }, host)
  onTestFinished(() => connection.close({ signal: AbortSignal.timeout(2000) }))

  return {
    server,
    workspace,
    connection,
    channel,
    received,
    health,
    logged,
    vault,
    async events(count) {
      const others = (): readonly Envelope[] => received.filter(({ sender }) => !sender.isSelf)
      await expect.poll(() => others().length, patience).toBeGreaterThanOrEqual(count)
      return others()
    },
    send: (to, message) =>
      connection.send(
        to,
        { text: '', format: 'plain', ...message },
        { idempotencyKey: 'key', signal: AbortSignal.timeout(20_000) },
      ),
    async untilHealth(state) {
      await expect.poll(() => health.at(-1)?.state, patience).toBe(state)
    },
  }
}

export async function openServer(options: Partial<SlackServerOptions> = {}): Promise<SlackServer> {
  const server = await createSlackServer({
    workspaces: [workspaceOptions],
    ackTimeoutMs: 60_000,
    retryAfterMs: 20,
    mostRetries: 1_000_000,
    ...options,
  })
  onTestFinished(() => server.stop())
  return server
}

export function roomOf(id: string, threadId?: string): Address {
  const address = { channel: 'slack', accountId: 'default', peer: { kind: 'channel', id } } as const
  return threadId === undefined ? address : { ...address, threadId }
}

export function personOf(id: string): Address {
  return { channel: 'slack', accountId: 'default', peer: { kind: 'dm', id } }
}

export const callOptions = (): {
  readonly idempotencyKey: string
  readonly signal: AbortSignal
} => ({
  idempotencyKey: 'key',
  signal: AbortSignal.timeout(20_000),
})
