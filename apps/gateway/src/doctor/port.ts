import { createServer } from 'node:net'
import { placed, type Finding, type World } from './finding.ts'
import { callGateway } from '../control-client.ts'
import type { CliContext } from '../context.ts'

/** The port of the HTTP surface: free, or held by the gateway of this very state directory. */
export async function checkPort(world: World, context: CliContext): Promise<readonly Finding[]> {
  const { host, port } = world.config.gateway
  const about = { code: 'PORT', subject: 'port' } as const
  const isRunning = await callGateway(context, 'GET', '/api/v1/status').then(...isSo)
  if (isRunning)
    return [{ ...about, severity: 'ok', message: 'the gateway of this state directory is running' }]
  if (port === 0)
    return [{ ...about, severity: 'ok', message: 'the system picks a free one (gateway.port: 0)' }]
  const fault = await tryToListen(host, port)
  if (fault === undefined) return [{ ...about, severity: 'ok', message: `${host}:${port} is free` }]
  const isTaken = fault === 'EADDRINUSE'
  const finding = {
    ...about,
    severity: 'error',
    message: isTaken
      ? `another program listens on ${host}:${port}`
      : `${host}:${port} cannot be listened on (${fault})`,
    hint: isTaken
      ? 'stop it, or set gateway.port to another port (0 picks a free one)'
      : 'set gateway.host and gateway.port to an address of this machine',
  } as const
  return [placed(finding, world, ['gateway', fault === 'EADDRNOTAVAIL' ? 'host' : 'port'])]
}

const isSo = [() => true, () => false] as const

function tryToListen(host: string, port: number): Promise<string | undefined> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}
