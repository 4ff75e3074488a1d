import type { Buffer } from 'node:buffer'
import type { WebSocket } from 'ws'
import type { Baileys, Stanza } from './baileys.ts'
import type { NoiseIdentity } from './certificates.ts'
import { createNoiseResponder } from './noise.ts'

export type ClientPayload = ReturnType<Baileys['proto']['ClientPayload']['decode']>

/** One client's WebSocket, from the handshake on. */
export interface ClientConnection {
  send(stanza: Stanza): void
  /** Close it properly, after what was sent. */
  end(): void
  /** Cut it, as a broken network does. */
  cut(): void
  isOpen(): boolean
  /** From now on nothing is answered and nothing is sent. */
  isSilent: boolean
}

export interface ConnectionHandler {
  /** The client has said who it is, or that it wants to be paired. */
  onClient(connection: ClientConnection, payload: ClientPayload): void
  onStanza(connection: ClientConnection, stanza: Stanza): Promise<void>
  onClose(connection: ClientConnection): void
  /** A client, or this server, broke the protocol. */
  onFault(error: unknown): void
}

export function acceptConnection(
  socket: WebSocket,
  baileys: Baileys,
  identity: NoiseIdentity,
  handler: ConnectionHandler,
): void {
  const noise = createNoiseResponder(baileys, identity)
  let step: 'hello' | 'finish' | 'open' = 'hello'

  const connection: ClientConnection = {
    send(stanza) {
      if (!connection.isSilent && connection.isOpen()) socket.send(noise.encode(stanza))
    },
    end: () => socket.close(),
    cut: () => socket.terminate(),
    isOpen: () => socket.readyState === socket.OPEN,
    isSilent: false,
  }

  const take = async (frame: Uint8Array): Promise<void> => {
    if (step === 'open') {
      const stanza = await noise.decode(frame)
      if (!connection.isSilent) await handler.onStanza(connection, stanza)
      return
    }
    const { clientHello, clientFinish } = baileys.proto.HandshakeMessage.decode(frame)
    if (step === 'hello' && clientHello?.ephemeral) {
      socket.send(noise.hello(clientHello.ephemeral))
      step = 'finish'
    } else if (step === 'finish' && clientFinish?.static && clientFinish.payload) {
      const payload = noise.finish(clientFinish.static, clientFinish.payload)
      step = 'open'
      handler.onClient(connection, baileys.proto.ClientPayload.decode(payload))
    } else {
      throw new Error(`The client skipped the "${step}" of the handshake`)
    }
  }

  let last: Promise<void> = Promise.resolve()
  socket.on('message', (data: Buffer) => {
    last = last
      .then(async () => {
        for (const frame of noise.frames(data)) await take(frame)
      })
      .catch((error: unknown) => {
        handler.onFault(error)
        socket.terminate()
      })
  })
  socket.on('error', () => {})
  socket.on('close', () => handler.onClose(connection))
}
