import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'

export interface Site {
  readonly port: number
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[]
  close(): Promise<void>
}

/** An HTTP server of a test. */
export async function startSite(
  answer: RequestListener,
  { host = '127.0.0.1', port = 0 } = {},
): Promise<Site> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    asked,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
