import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from '@junctor/channel'
import { WebSocketServer, type WebSocket } from 'ws'
import { connectPath, maxMessageBytes, readFromNode, type FromNode } from './protocol.ts'

/** Where connections of nodes come in. Whoever stands behind it has a token and said hello, and no more. */
export interface Door {
  /** Takes a WebSocket handshake. False: it is not for nodes. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Counts among the guests no more. */
  admitted(socket: WebSocket): void
  /** Ends those that died without a word. To be called every `pingIntervalMs`. */
  ping(): void
  /** Hangs up on all. */
  close(): Promise<void>
}

export interface DoorOptions {
  readonly greet: (socket: WebSocket, token: string, hello: Hello) => void
  readonly log: Pick<Logger, 'info'> | undefined
}

export type Hello = Extract<FromNode, { readonly type: 'hello' }>

/** Connections that nobody has approved. */
const MOST_GUESTS = 16
const HELLO_MS = 10_000

export function createDoor({ greet, log }: DoorOptions): Door {
  const server = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes })
  const guests = new Set<WebSocket>()
  const awake = new WeakSet<WebSocket>()

  const receive = (client: WebSocket, token: string): void => {
    guests.add(client)
    awake.add(client)
    client.on('pong', () => void awake.add(client))
    client.on('error', (error) => log?.info({ error: error.message }, 'a node was cut off'))
    const limit = setTimeout(() => client.terminate(), HELLO_MS)
    client.once('close', () => {
      clearTimeout(limit)
      guests.delete(client)
    })
    client.once('message', (data) => {
      clearTimeout(limit)
      const message = readFromNode(data)
      if (message?.type === 'hello') greet(client, token, message)
      else client.terminate()
    })
  }

  return {
    upgrade(request, socket, head) {
      if (request.url?.split('?', 1)[0] !== connectPath) return false
      const { authorization = '', origin } = request.headers
      const token = /^Bearer ([\w-]{43})$/.exec(authorization)?.[1]
      // Browsers say where a page is from: no page is a node.
      if (origin !== undefined) deny(socket, '403 Forbidden')
      else if (token === undefined) deny(socket, '401 Unauthorized')
      else if (guests.size >= MOST_GUESTS) deny(socket, '503 Service Unavailable')
      else server.handleUpgrade(request, socket, head, (client) => receive(client, token))
      return true
    },
    admitted: (socket) => void guests.delete(socket),
    ping() {
      for (const client of server.clients)
        if (awake.delete(client)) client.ping()
        else client.terminate()
    },
    async close() {
      server.close()
      const gone = [...server.clients].map(
        (client) => new Promise<void>((resolve) => client.once('close', () => resolve())),
      )
      for (const client of server.clients) client.terminate()
      await Promise.all(gone)
    },
  }
}

function deny(socket: Duplex, status: string): void {
  // Nobody else listens, and one who hung up is no fault of ours.
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
