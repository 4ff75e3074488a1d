import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createChangeWatch, type WaitOptions } from '../change-watch.ts'
import { createFaults, type Faults } from '../fault.ts'
import { createDeliveries } from './deliveries.ts'
import { answer, sendError } from './requests.ts'
import { createSockets } from './sockets.ts'
import { createWorkspace, type SlackWorkspace } from './workspace.ts'
import {
  createWorkspaceState,
  supports,
  type WorkspaceOptions,
  type WorkspaceState,
} from './workspace-state.ts'

export interface SlackServerOptions {
  readonly workspaces: readonly WorkspaceOptions[]
  /** Default: a free one. */
  readonly port?: number
  /** How long an acknowledgement may take before the event is offered again. Default 3,000, as Slack's own. */
  readonly ackTimeoutMs?: number
  /** How long an event rests that was refused. Default 3,000. */
  readonly retryAfterMs?: number
  /** How often an event is offered again before Slack gives it up. Default 3, as Slack's own. */
  readonly mostRetries?: number
}

export interface SlackServer {
  /** What a client takes as the address of the Web API: it ends in `/api/`. */
  readonly url: string
  readonly port: number
  /** Faults for all workspaces; each has its own besides. `on` is the method, `upload`, or `event` for what comes twice. */
  readonly faults: Faults
  workspace(botToken: string): SlackWorkspace
  /** Resolves once the predicate holds; looked at after every change. Rejects after `timeoutMs`. */
  waitFor(predicate: () => boolean, options?: WaitOptions): Promise<void>
  /** Cut all connections and refuse new ones. Conversations and what waits stay. */
  stop(): Promise<void>
  /** Listen again on the same port. */
  restart(): Promise<void>
}

/** Slack on 127.0.0.1: Web API, Socket Mode, signed events over HTTP, files. Real clients can be pointed at it. */
export async function createSlackServer(options: SlackServerOptions): Promise<SlackServer> {
  const { ackTimeoutMs = 3000, retryAfterMs = 3000, mostRetries = 3 } = options
  const faults = createFaults({ supports })
  const watch = createChangeWatch()
  const sockets = createSockets(ackTimeoutMs)
  const workspaces = new Map<
    string,
    { readonly state: WorkspaceState; readonly workspace: SlackWorkspace }
  >()
  let http: Server | undefined
  let port = options.port ?? 0

  for (const one of options.workspaces) {
    const state = createWorkspaceState(one, {
      serverFaults: faults,
      origin: () => `http://127.0.0.1:${port}`,
      changed: watch.changed,
      deliveries: (self) =>
        createDeliveries({
          retryAfterMs,
          mostRetries,
          isRunning: () => http !== undefined,
          takeDuplicate: () => self().takeFault('event', 'duplicate') !== undefined,
          changed: watch.changed,
        }),
    })
    const workspace = createWorkspace(state, sockets, ackTimeoutMs)
    workspaces.set(one.botToken, { state, workspace })
  }
  const states = (): readonly WorkspaceState[] => [...workspaces.values()].map(({ state }) => state)

  const listen = async (): Promise<void> => {
    const server = createServer((request, response) => {
      answer({ request, response }, { workspaces: states, sockets }).catch((error: unknown) =>
        sendError(response, 'fatal_error', { detail: String(error) }),
      )
    })
    sockets.attach(server)
    // A client that keeps a connection for its next call must not find it closed.
    server.keepAliveTimeout = 0
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    http = server
    port = (server.address() as AddressInfo).port
  }

  await listen()

  return {
    url: `http://127.0.0.1:${port}/api/`,
    port,
    faults,
    workspace(botToken) {
      const found = workspaces.get(botToken)
      if (!found)
        throw new Error(`No workspace has the token "${botToken}"; give it in \`workspaces\``)
      return found.workspace
    },
    waitFor: watch.waitFor,
    async stop() {
      const server = http
      http = undefined
      if (!server) return
      for (const { deliveries } of states()) deliveries.stop()
      sockets.closeAll()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      watch.changed()
    },
    async restart() {
      if (http) throw new Error('The server is running; call stop() first')
      await listen()
      for (const { deliveries } of states()) deliveries.wake()
    },
  }
}
