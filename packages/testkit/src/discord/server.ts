import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { createChangeWatch, type WaitOptions } from '../change-watch.ts'
import { createFaults, type FaultKind, type Faults } from '../fault.ts'
import { createBot, type DiscordBot } from './bot.ts'
import { createBotState, type DiscordBotOptions, type DiscordBotState } from './bot-state.ts'
import { createEmit, eventFaults } from './emit.ts'
import { serveGateway } from './gateway.ts'
import { createPeople, type DiscordCommandUse, type People } from './people.ts'
import { createPlaces, type Places } from './places.ts'
import { createRateLimits, type RateLimit } from './rate-limits.ts'
import { answer, requestFaults, send } from './requests.ts'
import type { ShownDiscordMessage } from './types.ts'
import { createWorld } from './world.ts'

export interface DiscordServerOptions {
  readonly bots: readonly DiscordBotOptions[]
  /** Default: a free one. */
  readonly port?: number
  /** Default 41,250, as Discord asks. */
  readonly heartbeatIntervalMs?: number
  /** Of each kind of call in each conversation. Default: 1,000 calls in a second. */
  readonly rateLimit?: RateLimit
  /** How long a command waits for its acknowledgement. Default 3,000. */
  readonly interactionDeadlineMs?: number
}

export interface DiscordServer extends Places, Omit<People, 'command'> {
  /** What a client takes as its API root, without the version. */
  readonly url: string
  readonly port: number
  /**
   * Faults for all bots; each bot has its own besides. `on` is `<METHOD> <path>` for calls, like `POST /channels/1/messages`,
   * and `gateway` for what happens to the connection with the next message.
   */
  readonly faults: Faults
  bot(token: string): DiscordBot
  /** Type `/name text`. Returns the id and token of the interaction. */
  command(
    use: Omit<DiscordCommandUse, 'bot'> & { readonly token: string },
  ): ReturnType<People['command']>
  /** What a conversation shows, oldest first. */
  messages(channel: string): readonly ShownDiscordMessage[]
  /** Resolves once the predicate holds; looked at after every change. Rejects after `timeoutMs`. */
  waitFor(predicate: () => boolean, options?: WaitOptions): Promise<void>
  /** Cut all connections and refuse new ones. Guilds, messages and sessions stay. */
  stop(): Promise<void>
  /** Listen again on the same port. */
  restart(): Promise<void>
}

/** Discord's REST API and gateway on one port of 127.0.0.1, for real clients. */
export async function createDiscordServer(options: DiscordServerOptions): Promise<DiscordServer> {
  const { rateLimit = { calls: 1000, perMs: 1000 }, interactionDeadlineMs = 3000 } = options
  const watch = createChangeWatch()
  const faults = guarded(createFaults())
  const world = createWorld()
  const bots = new Map<string, { readonly state: DiscordBotState; readonly bot: DiscordBot }>()
  const rateLimits = createRateLimits(rateLimit)
  const states = (): readonly DiscordBotState[] => [...bots.values()].map(({ state }) => state)
  const emit = createEmit({ world, bots: states, changed: watch.changed })
  const users = () => states().map(({ user }) => user)
  const people = createPeople({ world, emit, users, origin: () => origin })
  let running: { readonly http: Server; readonly sockets: WebSocketServer } | undefined
  let origin = ''
  let gatewayUrl = ''

  const listen = async (port: number): Promise<number> => {
    const http = createServer((request, response) => {
      const context = { world, emit, origin, gatewayUrl, interactionDeadlineMs, rateLimits }
      answer(request, response, { ...context, bots: states, changed: watch.changed }).catch(
        (error: unknown) => send(response, 500, { message: String(error), code: 0 }),
      )
    })
    // A client that keeps a connection for its next call must not find it closed.
    http.keepAliveTimeout = 0
    const sockets = new WebSocketServer({ server: http })
    sockets.on('connection', (connection) => {
      serveGateway(connection, {
        world,
        heartbeatIntervalMs: options.heartbeatIntervalMs ?? 41_250,
        findBot: (token) => bots.get(token)?.state,
        url: () => gatewayUrl,
        changed: watch.changed,
      })
    })
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject)
      http.listen(port, '127.0.0.1', resolve)
    })
    running = { http, sockets }
    return (http.address() as AddressInfo).port
  }

  for (const one of options.bots) {
    const state = createBotState(one, faults, guarded)
    bots.set(one.token, { state, bot: createBot(state, world, watch.changed) })
  }
  const port = await listen(options.port ?? 0)
  origin = `http://127.0.0.1:${port}`
  gatewayUrl = `ws://127.0.0.1:${port}`

  const find = (token: string): { readonly state: DiscordBotState; readonly bot: DiscordBot } => {
    const found = bots.get(token)
    if (!found) throw new Error(`No bot has the token "${token}"; give it in \`bots\``)
    return found
  }

  return {
    ...createPlaces({ world, emit, bots: states }),
    ...people,
    url: `${origin}/api`,
    port,
    faults,
    bot: (token) => find(token).bot,
    command: ({ token, ...use }) => people.command({ ...use, bot: find(token).state }),
    messages: world.shown,
    waitFor: watch.waitFor,
    async stop() {
      const stopping = running
      running = undefined
      if (!stopping) return
      for (const client of stopping.sockets.clients) client.terminate()
      stopping.http.closeAllConnections()
      await new Promise((resolve) => stopping.http.close(resolve))
      watch.changed()
    },
    async restart() {
      if (running) throw new Error('The server is running; call stop() first')
      await listen(port)
      watch.changed()
    },
  }
}

/** Refuses faults that the place they are meant for cannot produce. */
function guarded(faults: Faults): Faults {
  return {
    ...faults,
    add(...added) {
      for (const { on, kind } of added) {
        const known: readonly FaultKind[] = on === 'gateway' ? eventFaults : requestFaults
        if (!known.includes(kind)) {
          throw new TypeError(
            `"${on}" cannot have the fault "${kind}"; it knows: ${known.join(', ')}`,
          )
        }
      }
      faults.add(...added)
    },
  }
}
