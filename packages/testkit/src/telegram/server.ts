import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createFaults, type Faults } from '../fault.ts'
import { createChangeWatch, type WaitOptions } from '../change-watch.ts'
import { createBot, type TelegramBot } from './bot.ts'
import { createBotState, type BotOptions, type BotState } from './bot-state.ts'
import { answer, fail } from './requests.ts'
import { createWebhookPump } from './webhook.ts'

export interface TelegramServerOptions {
  readonly bots: readonly BotOptions[]
  /** Default: a free one. */
  readonly port?: number
  /** Keep every call for `bot.calls`. Default on; off for load tests, where the counts are enough. */
  readonly recordCalls?: boolean
}

export interface TelegramServer {
  /** What a client takes as `apiRoot`. */
  readonly url: string
  readonly port: number
  /** Faults for all bots; each bot has its own besides. `on` is the method, like `sendMessage`. */
  readonly faults: Faults
  bot(token: string): TelegramBot
  addBot(options: BotOptions): TelegramBot
  /** Resolves once the predicate holds; looked at after every change. Rejects after `timeoutMs`. */
  waitFor(predicate: () => boolean, options?: WaitOptions): Promise<void>
  /** Cut all connections and refuse new ones. Chats, queues and offsets stay. */
  stop(): Promise<void>
  /** Listen again on the same port. */
  restart(): Promise<void>
}

/** A Telegram Bot API server on 127.0.0.1 that real clients can be pointed at. */
export async function createTelegramServer(
  options: TelegramServerOptions,
): Promise<TelegramServer> {
  const { bots, recordCalls = true } = options
  const faults = createFaults()
  const watch = createChangeWatch()
  const states = new Map<string, { readonly state: BotState; readonly bot: TelegramBot }>()
  let http: Server | undefined

  const addBot = (botOptions: BotOptions): TelegramBot => {
    const state = createBotState(botOptions, faults, () => {
      watch.changed()
      pump()
    })
    const pump = createWebhookPump(state, () => http !== undefined)
    const bot = createBot(state)
    states.set(botOptions.token, { state, bot })
    return bot
  }

  const listen = async (port: number): Promise<number> => {
    const server = createServer((request, response) => {
      answer({ request, response }, (token) => states.get(token)?.state, recordCalls).catch(
        (error: unknown) => fail(response, 500, `Internal Server Error: ${String(error)}`),
      )
    })
    // A client that keeps a connection for its next call must not find it closed.
    server.keepAliveTimeout = 0
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    http = server
    return (server.address() as AddressInfo).port
  }

  for (const bot of bots) addBot(bot)
  const port = await listen(options.port ?? 0)

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    faults,
    addBot,
    bot(token) {
      const found = states.get(token)
      if (!found) throw new Error(`No bot has the token "${token}"; give it in \`bots\``)
      return found.bot
    },
    waitFor: watch.waitFor,
    async stop() {
      const server = http
      http = undefined
      if (!server) return
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      watch.changed()
    },
    async restart() {
      if (http) throw new Error('The server is running; call stop() first')
      await listen(port)
      for (const { state } of states.values()) state.changed()
    },
  }
}
