import type {
  Address,
  ChannelHost,
  Connection,
  Envelope,
  Health,
  MessageEnvelope,
  Outbound,
  SendOptions,
} from '@junctor/channel'
import { discord, type DiscordConfig, type DiscordOptions } from '@junctor/channel-discord'
import {
  createDiscordServer,
  type DiscordBot,
  type DiscordServer,
  type DiscordServerOptions,
} from '@junctor/testkit/discord'
import { expect, onTestFinished } from 'vitest'
import { quickTiming } from './harness.ts'

export const token = 'fake-token-of-the-bot'

/** A Discord with one guild and one channel, closed when the test has finished. */
export interface TestDiscord {
  readonly server: DiscordServer
  readonly bot: DiscordBot
  readonly guild: string
  readonly room: string
  /** Open the account; opened again it finds what it has written down. */
  open(options?: OpenOptions): Promise<TestAccount>
}

export interface OpenOptions {
  readonly receive?: ChannelHost['receive']
  readonly timing?: DiscordOptions
  readonly config?: Partial<DiscordConfig>
  readonly commands?: ChannelHost['commands']
}

export interface TestAccount {
  readonly connection: Connection
  readonly received: readonly Envelope[]
  readonly health: readonly Health[]
  readonly logged: readonly string[]
  /** Resolves with the event at this index. */
  event(index: number): Promise<Envelope>
  message(index: number): Promise<MessageEnvelope>
  texts(): readonly string[]
  send(channel: string, message: Partial<Outbound>, key?: string): ReturnType<Connection['send']>
  close(): Promise<void>
  /** End without writing anything down any more, as a killed process does. */
  kill(): void
}

export async function startDiscord(
  options: Partial<DiscordServerOptions> = {},
): Promise<TestDiscord> {
  const server = await createDiscordServer({
    bots: [{ token, username: 'junctor_bot' }],
    heartbeatIntervalMs: 40,
    ...options,
  })
  onTestFinished(() => server.stop())
  const guild = server.addGuild()
  const vault = new Map<string, Uint8Array>()
  return {
    server,
    bot: server.bot(token),
    guild,
    room: server.addChannel({ guild }),
    open: (opening = {}) => openAccount(server, vault, opening),
  }
}

async function openAccount(
  server: DiscordServer,
  vault: Map<string, Uint8Array>,
  options: OpenOptions,
): Promise<TestAccount> {
  const received: Envelope[] = []
  const health: Health[] = []
  const logged: string[] = []
  const gone = new AbortController()
  let isKilled = false
  let lastKey = 0
  const log = (_fields: object, message: string): void => void logged.push(message)
  const host: ChannelHost = {
    accountId: 'default',
    log: { debug: log, info: log, warn: log, error: log },
    vault: {
      read: async (key) => vault.get(key),
      async write(key, value) {
        if (!isKilled) vault.set(key, value)
      },
      remove: async (key) => void vault.delete(key),
    },
    fetch,
    signal: gone.signal,
    ...(options.commands ? { commands: options.commands } : {}),
    async receive(envelope) {
      const outcome = (await options.receive?.(envelope)) ?? 'accepted'
      received.push(envelope)
      return outcome
    },
    report: (state) => void health.push(state),
  }
  const channel = discord({ ...quickTiming, ...options.timing })
  const config = { token, apiRoot: server.url, ...options.config }
  const connection = await channel.open(config, host)
  onTestFinished(() => connection.close({ signal: AbortSignal.timeout(2000) }))

  const event = async (index: number): Promise<Envelope> => {
    await expect.poll(() => received.length, { timeout: 15_000 }).toBeGreaterThan(index)
    const found = received[index]
    if (!found) throw new Error(`There is no event ${index}`)
    return found
  }

  return {
    connection,
    received,
    health,
    logged,
    event,
    async message(index) {
      const found = await event(index)
      if (found.type !== 'message') throw new Error(`Event ${index} is ${found.type}`)
      return found
    },
    texts: () => received.map((one) => (one.type === 'message' ? one.text : one.type)),
    send(channelId, message, key) {
      lastKey += 1
      return connection.send(
        roomAddress(channelId),
        { text: '', format: 'plain', ...message },
        callOptions(key ?? `key-${lastKey}`),
      )
    },
    close: () => connection.close({ signal: AbortSignal.timeout(5000) }),
    kill() {
      isKilled = true
      gone.abort()
    },
  }
}

export function roomAddress(id: string, threadId?: string): Address {
  const address = {
    channel: 'discord',
    accountId: 'default',
    peer: { kind: 'channel', id },
  } as const
  return threadId === undefined ? address : { ...address, threadId }
}

export function directAddress(userId: string): Address {
  return { channel: 'discord', accountId: 'default', peer: { kind: 'dm', id: userId } }
}

export function callOptions(idempotencyKey = 'key'): SendOptions {
  return { idempotencyKey, signal: AbortSignal.timeout(10_000) }
}

/** The health states that came and went, without repetition. */
export function statesOf({ health }: Pick<TestAccount, 'health'>): readonly string[] {
  return health.map(({ state }) => state)
}

/** The role that the server makes for a bot in a guild. */
export function ownRoleOf(guild: string, botId: string): string {
  return String(BigInt(guild) + (BigInt(botId) % 1000n) + 1n)
}
