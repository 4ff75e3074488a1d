import { Buffer } from 'node:buffer'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { createFaults, type Faults } from '../fault.ts'
import { createChangeWatch, type WaitOptions } from '../change-watch.ts'
import { createAccount, type WhatsAppAccount } from './account.ts'
import {
  createAccountState,
  whatsAppFaults,
  type AccountState,
  type WhatsAppAccountOptions,
} from './account-state.ts'
import { loadBaileys } from './baileys.ts'
import { createNoiseIdentity } from './certificates.ts'
import { createClients } from './clients.ts'
import { acceptConnection } from './connection.ts'
import type { MediaStore } from './media.ts'

export interface WhatsAppServerOptions {
  readonly accounts: readonly WhatsAppAccountOptions[]
  /** Default: a free one. */
  readonly port?: number
  /** How many QR codes a client may show on one connection. Default 6, as WhatsApp. */
  readonly qrCount?: number
}

export interface WhatsAppServer {
  /** What a client takes as its WebSocket address. */
  readonly url: string
  /** Where files are put and fetched, over HTTP. */
  readonly mediaUrl: string
  readonly port: number
  /** Faults for all accounts, and for files: `upload` and `download`. Each account has its own besides. */
  readonly faults: Faults
  /** What went wrong in the server itself, such as a message that no phone could decrypt. */
  readonly problems: readonly unknown[]
  account(number: string): WhatsAppAccount
  addAccount(options: WhatsAppAccountOptions): WhatsAppAccount
  /** All files leave the media hosts; phones keep theirs. */
  forgetFiles(): void
  /** Resolves once the predicate holds; looked at after every change. Rejects after `timeoutMs`. */
  waitFor(predicate: () => boolean, options?: WaitOptions): Promise<void>
  /** Cut all connections and refuse new ones. Devices, chats and what waits stay. */
  stop(): Promise<void>
  /** Listen again on the same port. */
  restart(): Promise<void>
}

/**
 * A WhatsApp multi-device server on 127.0.0.1 that real clients can be pointed at: Noise handshake, binary stanzas, Signal
 * sessions. Needs the package `@whiskeysockets/baileys`.
 */
export async function createWhatsAppServer(
  options: WhatsAppServerOptions,
): Promise<WhatsAppServer> {
  const baileys = await loadBaileys()
  const identity = createNoiseIdentity(baileys)
  const media: MediaStore = new Map()
  const faults = createFaults({ supports: whatsAppFaults })
  const problems: unknown[] = []
  const { changed, waitFor } = createChangeWatch()
  const states = new Map<string, AccountState>()
  const accounts = new Map<string, WhatsAppAccount>()
  const clients = createClients({
    accounts: states,
    qrCount: () => options.qrCount ?? 6,
    changed,
  })
  let http: Server | undefined
  let sockets: WebSocketServer | undefined

  const addAccount = (accountOptions: WhatsAppAccountOptions): WhatsAppAccount => {
    const context = { baileys, media, serverFaults: faults, problems, changed }
    const state = createAccountState(accountOptions, context)
    const account = createAccount(state, clients.candidates)
    states.set(accountOptions.number, state)
    accounts.set(accountOptions.number, account)
    return account
  }

  const listen = async (wanted: number): Promise<number> => {
    const server = createServer((request, response) => {
      answerFile(request, response, media, faults).catch(() => response.destroy())
    })
    const webSockets = new WebSocketServer({ server })
    webSockets.on('connection', (socket) =>
      acceptConnection(socket, baileys, identity, {
        ...clients,
        onFault(error) {
          problems.push(error)
          changed()
        },
      }),
    )
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(wanted, '127.0.0.1', resolve)
    })
    http = server
    sockets = webSockets
    return (server.address() as AddressInfo).port
  }

  for (const accountOptions of options.accounts) addAccount(accountOptions)
  const port = await listen(options.port ?? 0)

  return {
    url: `ws://127.0.0.1:${port}/ws/chat`,
    mediaUrl: `http://127.0.0.1:${port}`,
    port,
    faults,
    problems,
    addAccount,
    account(number) {
      const found = accounts.get(number)
      if (!found) throw new Error(`No account has the number ${number}; give it in \`accounts\``)
      return found
    },
    forgetFiles: () => media.clear(),
    waitFor,
    async stop() {
      const server = http
      http = undefined
      if (!server) return
      for (const socket of sockets?.clients ?? []) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      changed()
    },
    async restart() {
      if (http) throw new Error('The server is running; call stop() first')
      await listen(port)
      changed()
    },
  }
}

/** The media hosts: `POST` answers with the path under which `GET` gives the same bytes. */
async function answerFile(
  request: IncomingMessage,
  response: ServerResponse,
  media: MediaStore,
  faults: Faults,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
  const isUpload = request.method === 'POST'
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const fault = faults.take(
    isUpload ? 'upload' : 'download',
    'drop-before',
    'status',
    'silence',
    'garbage',
  )
  if (fault?.kind === 'drop-before') return void response.destroy()
  if (fault?.kind === 'silence') return
  if (fault?.kind === 'status') return void response.writeHead(fault.status).end()
  if (isUpload) {
    media.set(pathname, Buffer.concat(chunks))
    response.setHeader('content-type', 'application/json')
    return void response.end(
      JSON.stringify({ url: `https://mmg.whatsapp.net${pathname}`, direct_path: pathname }),
    )
  }
  const file = media.get(pathname)
  if (!file) return void response.writeHead(404).end()
  response.end(fault?.kind === 'garbage' ? Buffer.alloc(file.length, 7) : file)
}
