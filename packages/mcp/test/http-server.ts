import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { createTestServer } from './server-tools.ts'

export interface HttpTestServer {
  readonly url: string
  readonly headers: readonly IncomingHttpHeaders[]
  close(): Promise<void>
}

/** The test server over streamable HTTP, one session a client. */
export async function startHttpServer(port = 0): Promise<HttpTestServer> {
  const headers: IncomingHttpHeaders[] = []
  const sessions = new Map<string, StreamableHTTPServerTransport>()
  const http = createServer((request, response) => {
    headers.push(request.headers)
    void (async () => {
      const id = request.headers['mcp-session-id']
      const known = typeof id === 'string' ? sessions.get(id) : undefined
      if (known !== undefined) return known.handleRequest(request, response)
      if (id !== undefined) return response.writeHead(404).end()
      const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (session) => void sessions.set(session, transport),
      })
      await createTestServer().connect(transport)
      await transport.handleRequest(request, response)
    })()
  })
  http.listen(port, '127.0.0.1')
  await once(http, 'listening')
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}/mcp`,
    headers,
    async close() {
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
}
