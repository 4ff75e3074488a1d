import type { Address, ChannelHost, Connection, Envelope, Health, Outbound } from '@junctor/channel'
import { telegram, type TelegramConfig, type TelegramOptions } from '@junctor/channel-telegram'
import {
  createTelegramServer,
  type TelegramBot,
  type TelegramServer,
} from '@junctor/testkit/telegram'
import { onTestFinished } from 'vitest'
import { quickTiming } from './harness.ts'

const token = '123456:TEST-secret_1'

/** A Bot API server and one open account on it, closed when the test has finished. */
export interface TestAccount {
  readonly server: TelegramServer
  readonly bot: TelegramBot
  readonly connection: Connection
  readonly received: readonly Envelope[]
  readonly health: readonly Health[]
  readonly logged: readonly string[]
  /** Resolves with the event at this index. */
  event(index: number): Promise<Envelope>
  send(chat: number, message: Partial<Outbound>): ReturnType<Connection['send']>
}

export interface TestAccountOptions {
  readonly receive?: ChannelHost['receive']
  readonly timing?: TelegramOptions
  readonly config?: Partial<TelegramConfig>
  readonly commands?: ChannelHost['commands']
  readonly before?: (server: TelegramServer, bot: TelegramBot) => void
}

export async function openTestAccount(options: TestAccountOptions = {}): Promise<TestAccount> {
  const server = await createTelegramServer({ bots: [{ token, username: 'junctor_bot' }] })
  onTestFinished(() => server.stop())
  const bot = server.bot(token)
  options.before?.(server, bot)
  const received: Envelope[] = []
  const health: Health[] = []
  const logged: string[] = []
  const log = (_fields: object, message: string): void => void logged.push(message)
  const host: ChannelHost = {
    accountId: 'default',
    log: { debug: log, info: log, warn: log, error: log },
    vault: { read: async () => undefined, write: async () => {}, remove: async () => {} },
    fetch,
    ...(options.commands === undefined ? {} : { commands: options.commands }),
    signal: new AbortController().signal,
    async receive(envelope) {
      received.push(envelope)
      return options.receive?.(envelope) ?? 'accepted'
    },
    report: (state) => void health.push(state),
  }
  const channel = telegram({ ...quickTiming, ...options.timing })
  const config = { botToken: token, apiRoot: server.url, ...options.config }
  const connection = await channel.open(config, host)
  onTestFinished(() => connection.close({ signal: AbortSignal.timeout(2000) }))

  return {
    server,
    bot,
    connection,
    received,
    health,
    logged,
    async event(index) {
      // Confirming an update follows its reception, so the server sees it.
      await server.waitFor(() => received.length > index && bot.waiting().length === 0)
      const event = received[index]
      if (!event) throw new Error(`There is no event ${index}`)
      return event
    },
    send: (chat, message) =>
      connection.send(
        addressOf(chat),
        { text: '', format: 'plain', ...message },
        { idempotencyKey: 'key', signal: AbortSignal.timeout(5000) },
      ),
  }
}

export function addressOf(chat: number, threadId?: string): Address {
  const peer = { kind: chat > 0 ? 'dm' : 'group', id: String(chat) } as const
  const address = { channel: 'telegram', accountId: 'default', peer }
  return threadId === undefined ? address : { ...address, threadId }
}
