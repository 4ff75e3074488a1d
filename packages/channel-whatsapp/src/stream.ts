import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@junctor/channel'
import type { UserFacingSocketConfig } from '@whiskeysockets/baileys'
import { createAcks, type Acks } from './acks.ts'
import type { AccountStore } from './account-store.ts'
import type { Baileys, Credentials, Socket } from './baileys.ts'
import { statusOf } from './errors.ts'
import { uploadFirstKeys } from './first-keys.ts'
import { createGroups, type Groups } from './groups.ts'
import type { History } from './history.ts'
import type { Settings } from './options.ts'
import type { Reception } from './reception.ts'
import { createWatchdog, cut } from './watchdog.ts'

/** One connection to WhatsApp, from the handshake until it ends. Baileys never opens a second one by itself. */
export interface Stream {
  readonly socket: Socket
  readonly acks: Acks
  readonly groups: Groups
  /** Resolves when it can send; never when it ends before. */
  readonly opened: Promise<void>
  readonly ended: Promise<StreamEnd>
  end(): Promise<void>
}

export interface StreamEnd {
  readonly code: number
  readonly reason: string
}

/** What was written before the end has this long to leave. */
const CLOSING_MS = 1000

export interface StreamOptions {
  readonly baileys: Baileys
  readonly credentials: Credentials
  readonly store: AccountStore
  readonly history: History
  readonly reception: Reception
  readonly settings: Settings
  readonly log: Logger
  readonly onQr: (qr: string, socket: Socket) => void
}

export function openStream(options: StreamOptions): Stream {
  const { baileys, credentials, store, history, reception, settings } = options
  const { server, qrTimeoutMs } = settings
  let groups: Groups | undefined
  const socket = baileys.makeWASocket({
    auth: { creds: credentials, keys: store.keys },
    logger: quietLogger(options.log),
    ...(server ? { waWebSocketUrl: server.webSocketUrl } : {}),
    ...(qrTimeoutMs === undefined ? {} : { qrTimeout: qrTimeoutMs }),
    keepAliveIntervalMs: settings.probeIntervalMs,
    connectTimeoutMs: settings.queryTimeoutMs,
    defaultQueryTimeoutMs: settings.queryTimeoutMs,
    // The phone keeps its notifications, and nobody wants a year of old chats.
    markOnlineOnConnect: false,
    syncFullHistory: false,
    shouldSyncHistoryMessage: () => false,
    // What this account sends is not told to it as news.
    emitOwnEvents: false,
    // The store itself tries until it has written.
    transactionOpts: { maxCommitRetries: 1, delayBetweenTriesMs: 1 },
    makeSignalRepository: reception.makeSignalRepository,
    getMessage: async ({ id }) => (id ? history.sent(id)?.content : undefined),
    cachedGroupMetadata: async (jid) => groups?.known(jid),
  })
  reception.attach(socket)
  uploadFirstKeys(socket, credentials, { baileys, log: options.log })
  groups = createGroups(socket)

  const watchdog = createWatchdog(socket, settings.probeIntervalMs)

  const opened = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<StreamEnd>()
  socket.ev.on('creds.update', () => {
    // Before a phone has vouched for it, a login is worth nothing.
    if (credentials.account) store.saveCredentials(credentials).catch(() => {})
  })
  socket.ev.on('connection.update', ({ connection, qr, lastDisconnect }) => {
    if (qr) options.onQr(qr, socket)
    if (connection === 'open') opened.resolve()
    if (connection !== 'close') return
    watchdog.stop()
    const error = lastDisconnect?.error
    ended.resolve({ code: statusOf(error) ?? 0, reason: error?.message ?? 'closed' })
  })

  return {
    socket,
    acks: createAcks(socket),
    groups,
    opened: opened.promise,
    ended: ended.promise,
    async end() {
      watchdog.stop()
      const ending = socket.end(undefined)
      await Promise.race([ending, sleep(CLOSING_MS, undefined, { ref: false })])
      cut(socket)
      await ending
    },
  }
}

type BaileysLogger = NonNullable<UserFacingSocketConfig['logger']>

/** What Baileys logs holds messages and keys: only the plain sentence goes on, and only for those who look for it. */
function quietLogger(log: Logger): BaileysLogger {
  const tell = (fields: unknown, message?: string): void =>
    log.debug({}, `Baileys: ${message ?? (typeof fields === 'string' ? fields : '')}`)
  const ignore = (): void => {}
  const logger: BaileysLogger = {
    level: 'info',
    child: () => logger,
    trace: ignore,
    debug: ignore,
    info: ignore,
    warn: tell,
    error: tell,
  }
  return logger
}
