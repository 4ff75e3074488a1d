/** A gateway session: it outlives its connection, so that a client can resume it. */
export interface GatewaySession {
  readonly id: string
  readonly intents: number
  /** Highest sequence number that the client has told, in a heartbeat or when it resumed. */
  acknowledged: number
  /** Number the event, keep it for a replay and send it when the client is connected. */
  dispatch(event: string, data: object): void
  /** Attach a connection and send everything after the sequence number. */
  attach(socket: GatewaySocket, afterSequence: number): void
  detach(socket: GatewaySocket): void
  socket(): GatewaySocket | undefined
  readonly events: readonly SessionEvent[]
}

export interface SessionEvent {
  readonly s: number
  readonly t: string
  readonly d: object
}

export interface GatewaySocket {
  send(payload: object): void
  close(code: number): void
  /** Cut the connection without a word. */
  terminate(): void
  /** The connection stays open and says nothing any more. */
  mute(): void
}

export function createSession(id: string, intents: number): GatewaySession {
  const events: SessionEvent[] = []
  let connected: GatewaySocket | undefined

  return {
    id,
    intents,
    acknowledged: 0,
    events,
    dispatch(t, d) {
      const event = { s: events.length + 1, t, d }
      events.push(event)
      connected?.send({ op: 0, ...event })
    },
    attach(socket, afterSequence) {
      if (connected && connected !== socket) connected.terminate()
      connected = socket
      for (const event of events.slice(afterSequence)) socket.send({ op: 0, ...event })
    },
    detach(socket) {
      if (connected === socket) connected = undefined
    },
    socket: () => connected,
  }
}
