import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { createAdaptorServer } from '@hono/node-server'
import { CliError } from './errors.ts'

export interface HttpServer {
  readonly url: string
  close(): Promise<void>
}

export interface ServeOptions {
  readonly host: string
  readonly port: number
  readonly fetch: (request: Request) => Promise<Response>
  /** Takes a connection that is to speak something else than HTTP. False: nobody does. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean
}

/** Listens. Throws `PORT_TAKEN` when another program does so already. */
export async function serve({ host, port, fetch, upgrade }: ServeOptions): Promise<HttpServer> {
  const server = createAdaptorServer({
    fetch,
    // Clients that would rather speak HTTP/2 are answered as they asked.
    serverOptions: {
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (upgrade(request, socket, head)) return
    socket.on('error', () => {})
    socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  })
  await new Promise<void>((resolve, reject) => {
    // Stays for good: a fault of a single connection later on must not end the process.
    server.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? portTaken(host, port, error) : error)
    })
    server.listen(port, host, resolve)
  })
  const { port: actual } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}

function portTaken(host: string, port: number, cause: Error): CliError {
  return new CliError(
    'PORT_TAKEN',
    `Another program listens on ${host}:${port}. Stop it, or set gateway.port to another port (0 picks a free one).`,
    { cause },
  )
}
