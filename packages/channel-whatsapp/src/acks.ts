import type { Socket, Stanza } from './baileys.ts'

/** What the server says of a message that was sent. */
export interface Ack {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Undefined when the server took it. */
  readonly error: number | undefined
}

/**
 * Baileys considers a message sent when it is written to the socket. It tells of a refusal in two forms, or loses it, and of
 * success not at all; so the server's own answer is read.
 */
export interface Acks {
  /** To be called before the message leaves. Never rejects; forgotten when the socket is. */
  expect(id: string): Promise<Ack>
  forget(id: string): void
}

export function createAcks({ ws }: Socket): Acks {
  const waiting = new Map<string, (ack: Ack) => void>()
  ws.on('CB:ack,class:message', ({ attrs }: Stanza) => {
    const { id = '', error, t } = attrs
    const at = t === undefined ? Date.now() : Number(t) * 1000
    waiting.get(id)?.({ at, error: error === undefined ? undefined : Number(error) })
    waiting.delete(id)
  })
  return {
    expect: (id) =>
      new Promise((resolve) => {
        waiting.set(id, resolve)
      }),
    forget: (id) => void waiting.delete(id),
  }
}
