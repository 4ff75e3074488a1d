import type { Buffer } from 'node:buffer'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Attempt } from './deliveries.ts'
import type { WorkspaceState } from './workspace-state.ts'

/** The Socket Mode side of the server: https://docs.slack.dev/apis/events-api/using-socket-mode */
export interface Sockets {
  /** The address that `apps.connections.open` gives out. It works once. */
  createUrl(workspace: WorkspaceState): string
  /** Take the connections of an HTTP server. */
  attach(server: Server): void
  of(workspace: WorkspaceState): readonly Link[]
  closeAll(): void
}

/** One open connection of an app. */
export interface Link {
  send(frame: object | string): void
  /** The TCP connection breaks. */
  cut(): void
  /** The connection stays open and nothing comes any more, not even a pong. */
  silence(): void
}

const pingEveryMs = 10_000

/** `patienceMs`: how long an acknowledgement may take. */
export function createSockets(patienceMs: number): Sockets {
  const tickets = new Map<string, WorkspaceState>()
  const links = new Map<WorkspaceState, Set<Link>>()
  const server = new WebSocketServer({ noServer: true, autoPong: false })

  const linksOf = (workspace: WorkspaceState): Set<Link> => {
    const known = links.get(workspace) ?? new Set<Link>()
    links.set(workspace, known)
    return known
  }

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const ticket = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams.get('ticket') ?? ''
    const workspace = tickets.get(ticket)
    tickets.delete(ticket)
    if (workspace === undefined) {
      socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n')
      return
    }
    server.handleUpgrade(request, socket, head, (webSocket) => open(workspace, webSocket))
  }

  const open = (workspace: WorkspaceState, socket: WebSocket): void => {
    const offered = new Map<string, Attempt>()
    let isSilent = false
    const link: Link = {
      send(frame) {
        if (!isSilent) socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
      },
      cut: () => socket.terminate(),
      silence() {
        isSilent = true
        socket.pause()
      },
    }
    const all = linksOf(workspace)
    all.add(link)
    const ping = setInterval(() => {
      if (!isSilent) socket.ping('Ping from applink')
    }, pingEveryMs)
    ping.unref()
    socket.on('ping', (data) => socket.pong(data))
    socket.on('message', (data: Buffer) => {
      const { envelope_id: id } = JSON.parse(data.toString()) as { readonly envelope_id?: string }
      offered.get(id ?? '')?.acknowledge()
      offered.delete(id ?? '')
    })
    socket.on('error', () => socket.terminate())
    link.send(helloOf(workspace, all.size))
    const leave = workspace.deliveries.addCarrier({
      isFree: () => true,
      patienceMs,
      offer({ kind, body }, attempt) {
        const envelopeId = crypto.randomUUID()
        offered.set(envelopeId, attempt)
        const retry = { retry_attempt: attempt.number, retry_reason: attempt.reason }
        link.send({
          envelope_id: envelopeId,
          type: kind,
          payload: body,
          accepts_response_payload: kind !== 'events_api',
          ...(kind === 'events_api' ? retry : {}),
        })
      },
    })
    socket.on('close', () => {
      clearInterval(ping)
      all.delete(link)
      leave()
      workspace.changed()
    })
    workspace.changed()
  }

  return {
    createUrl(workspace) {
      const ticket = crypto.randomUUID()
      tickets.set(ticket, workspace)
      const origin = workspace.origin().replace(/^http/, 'ws')
      return `${origin}/link/?ticket=${ticket}&app_id=${workspace.appId}`
    },
    attach(http) {
      http.on('upgrade', upgrade)
    },
    of: (workspace) => [...linksOf(workspace)],
    closeAll() {
      tickets.clear()
      for (const all of links.values()) for (const link of all) link.cut()
    },
  }
}

function helloOf({ appId }: WorkspaceState, connections: number): object {
  return {
    type: 'hello',
    num_connections: connections,
    debug_info: { host: 'applink-1', build_number: 1, approximate_connection_time: 18_060 },
    connection_info: { app_id: appId },
  }
}
