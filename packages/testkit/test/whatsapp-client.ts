import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeWASocket, useMultiFileAuthState, type WAMessage } from '@whiskeysockets/baileys'
import {
  createWhatsAppServer,
  type WhatsAppAccount,
  type WhatsAppServer,
} from '@junctor/testkit/whatsapp'
import { onTestFinished, vi } from 'vitest'

export const NUMBER = '15550001111'
export const ALICE = '15552220001'
export const BOB = '15552220002'
export const GROUP = '120363000000000001@g.us'

type Socket = ReturnType<typeof makeWASocket>

/** A server with one account, closed when the test has finished. */
export interface Bench {
  readonly server: WhatsAppServer
  readonly account: WhatsAppAccount
  /** A real client on the credentials of this folder. */
  connect(folder?: string): Promise<Client>
  folder(): Promise<string>
}

/** What a client told of itself, oldest first. */
export interface Client {
  readonly socket: Socket
  readonly messages: readonly WAMessage[]
  /** Messages of its own account. */
  readonly own: readonly WAMessage[]
  readonly codes: readonly string[]
  /** Why the stream ended. */
  readonly ends: readonly number[]
  isOpen(): boolean
  until(predicate: () => boolean): Promise<void>
}

export async function openBench(): Promise<Bench> {
  const server = await createWhatsAppServer({ accounts: [{ number: NUMBER }] })
  onTestFinished(() => server.stop())
  const account = server.account(NUMBER)
  const folder = async (): Promise<string> => {
    const path = await mkdtemp(join(tmpdir(), 'junctor-whatsapp-'))
    onTestFinished(() => rm(path, { recursive: true, force: true, maxRetries: 20 }))
    return path
  }
  return {
    server,
    account,
    folder,
    async connect(given) {
      const path = given ?? (await folder())
      if (given === undefined) await account.writeAuthFolder(path)
      return connect(server, path)
    },
  }
}

async function connect(server: WhatsAppServer, folder: string): Promise<Client> {
  const { state, saveCreds } = await useMultiFileAuthState(folder)
  const messages: WAMessage[] = []
  const own: WAMessage[] = []
  const codes: string[] = []
  const ends: number[] = []
  let isOpen = false
  const waiters = new Set<() => void>()
  const changed = (): void => {
    for (const look of waiters) look()
  }
  const socket = makeWASocket({
    auth: state,
    waWebSocketUrl: server.url,
    logger: silent,
    markOnlineOnConnect: false,
    keepAliveIntervalMs: 200,
    shouldSyncHistoryMessage: () => false,
    retryRequestDelayMs: 1,
  })
  let saved: Promise<void> = Promise.resolve()
  socket.ev.on('creds.update', () => {
    saved = saved.then(saveCreds)
  })
  socket.ev.on('connection.update', ({ connection, qr, lastDisconnect }) => {
    if (qr) codes.push(qr)
    if (connection === 'open') isOpen = true
    if (connection === 'close') {
      isOpen = false
      const error = lastDisconnect?.error
      ends.push(error && 'output' in error ? statusOf(error.output) : 0)
    }
    changed()
  })
  socket.ev.on('messages.upsert', (upsert) => {
    for (const message of upsert.messages) (message.key.fromMe ? own : messages).push(message)
    changed()
  })
  onTestFinished(async () => {
    socket.ev.removeAllListeners('creds.update')
    await socket.end(undefined)
    await saved
  })
  return {
    socket,
    messages,
    own,
    codes,
    ends,
    isOpen: () => isOpen,
    until: (predicate) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiters.delete(look)
          reject(new Error(`Still false: ${String(predicate)}`))
        }, 20_000)
        const look = (): void => {
          if (!predicate()) return
          clearTimeout(timer)
          waiters.delete(look)
          resolve()
        }
        waiters.add(look)
        look()
      }),
  }
}

function statusOf(output: unknown): number {
  return typeof output === 'object' && output !== null && 'statusCode' in output
    ? Number(output.statusCode)
    : 0
}

const ignore = (): void => {}

// The client's Signal library prints its keys.
for (const level of ['info', 'warn', 'error'] as const)
  vi.spyOn(console, level).mockImplementation(ignore)

const silent = {
  level: 'silent',
  child: () => silent,
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
}

export function textOf({ message }: WAMessage): string {
  return message?.conversation ?? message?.extendedTextMessage?.text ?? ''
}
