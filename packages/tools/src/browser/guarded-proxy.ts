import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request as send, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { GuardedNetwork } from '../web/guarded-network.ts'

/** What a browser connects through: it reaches nothing that the guard does not let it reach, by whatever protocol. */
export interface GuardedProxy {
  readonly server: string
  readonly username: string
  readonly password: string
  /** Why connections were refused since the last look, the newest first, at most ten. */
  refusals(): readonly string[]
  close(): void
}

/**
 * A proxy on loopback with a password of its own. It finds the address of each host itself and connects to the very one that
 * was checked, so that a name that changes its meaning leads nowhere else.
 */
export async function startGuardedProxy(network: GuardedNetwork): Promise<GuardedProxy> {
  const password = randomBytes(24).toString('base64url')
  const expected = `Basic ${Buffer.from(`agent:${password}`).toString('base64')}`
  const sockets = new Set<Duplex>()
  let refused: string[] = []

  const isKnown = ({ headers }: IncomingMessage): boolean =>
    headers['proxy-authorization'] === expected
  const reasonOf = (error: unknown): string => {
    const reason = error instanceof Error ? error.message : String(error)
    refused = [reason, ...refused].slice(0, 10)
    return reason
  }

  const server = createServer((request, response) => {
    const forward = async (): Promise<void> => {
      if (!isKnown(request))
        return void response.writeHead(407, { 'proxy-authenticate': 'Basic realm="agent"' }).end()
      try {
        const url = new URL(request.url ?? '')
        const port = Number(url.port) || 80
        const [host] = await network.resolve(url.hostname.replace(/^\[(.*)\]$/, '$1'), port)
        const { 'proxy-authorization': _, 'proxy-connection': __, ...headers } = request.headers
        const path = `${url.pathname}${url.search}`
        const onward = send({ host, port, path, method: request.method, headers, agent: false })
        onward.on('response', (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
          answer.pipe(response)
        })
        onward.on('error', (error) => response.writeHead(502).end(error.message))
        response.on('close', () => onward.destroy())
        request.pipe(onward)
      } catch (error) {
        response.writeHead(403, { 'content-type': 'text/plain' }).end(reasonOf(error))
      }
    }
    void forward()
  })

  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    sockets.add(client)
    client.on('close', () => sockets.delete(client)).on('error', () => client.destroy())
    const tunnel = async (): Promise<void> => {
      if (!isKnown(request))
        return void client.end(
          'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="agent"\r\nContent-Length: 0\r\n\r\n',
        )
      try {
        const { hostname, port } = new URL(`http://${request.url ?? ''}`)
        const portNumber = Number(port) || 80
        const [host] = await network.resolve(hostname.replace(/^\[(.*)\]$/, '$1'), portNumber)
        const onward: Socket = connect({ host, port: portNumber }, () => {
          client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
          onward.write(head)
          onward.pipe(client).pipe(onward)
        })
        onward.on('error', () => client.destroy())
        client.on('close', () => onward.destroy())
      } catch (error) {
        reasonOf(error)
        client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
      }
    }
    void tunnel()
  })

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return {
    server: `http://127.0.0.1:${port}`,
    username: 'agent',
    password,
    refusals() {
      const seen = refused
      refused = []
      return seen
    },
    close() {
      server.close()
      server.closeAllConnections()
      for (const socket of sockets) socket.destroy()
    },
  }
}
