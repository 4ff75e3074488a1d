import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import type { Connection } from '@junctor/channel'

/** The gateway's part: it mounts an open connection on a port of its own. */
export interface PageServer {
  /** Where the page is, with a slash at the end. */
  readonly url: string
  mount(connection: Connection): void
  /** Whether a tab follows the mounted connection. */
  isFollowed(): boolean
  /** Send every tab an event `mark`, behind everything that was published before. */
  mark(id: number): Promise<void>
  stop(): Promise<void>
  restart(): Promise<void>
}

export async function createPageServer(changed: () => void): Promise<PageServer> {
  let mounted: Connection | undefined
  let followed: Connection | undefined
  const tabs = new Set<ServerResponse>()

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const connection = mounted
    const answered = await connection?.handleRequest?.(await toRequest(request))
    response.writeHead(answered?.status ?? 503, Object.fromEntries(answered?.headers ?? []))
    response.flushHeaders()
    if (answered?.headers.get('content-type') === 'text/event-stream') {
      tabs.add(response)
      followed = connection
      changed()
    }
    const reader = answered?.body?.getReader()
    response.on('close', () => {
      tabs.delete(response)
      if (tabs.size === 0) followed = undefined
      void reader?.cancel()
    })
    for (;;) {
      const part = await reader?.read()
      if (part === undefined || part.done) break
      response.write(part.value)
    }
    tabs.delete(response)
    response.end()
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const port = await listen(0)

  return {
    url: `http://127.0.0.1:${port}/channels/web/default/`,
    mount(connection) {
      mounted = connection
    },
    isFollowed: () => mounted !== undefined && followed === mounted,
    async mark(id) {
      // By then the loop above has written whatever was published.
      await turn()
      for (const tab of tabs) tab.write(`event: mark\ndata: {"id":${id}}\n\n`)
    },
    async stop() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
    async restart() {
      await listen(port)
    },
  }
}

async function toRequest(request: IncomingMessage): Promise<Request> {
  const { method = 'GET', url = '/', headers } = request
  const body = await buffer(request)
  return new Request(new URL(url, 'http://127.0.0.1'), {
    method,
    headers: { 'content-type': headers['content-type'] ?? '' },
    ...(method === 'POST' && { body: new Uint8Array(body) }),
  })
}
