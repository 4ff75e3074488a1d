import type { Sent } from '@junctor/channel'
import { refusal, whatsAppError } from './errors.ts'
import type { Content } from './baileys.ts'
import type { Stream } from './stream.ts'

export interface Posting {
  readonly stream: Stream
  readonly jid: string
  readonly id: string
  readonly content: Content
  /** `1` for an edit, `7` for a deletion. */
  readonly edit?: '1' | '7'
}

/** Sends one message and waits for the server to have taken it. */
export async function post(
  { stream, jid, id, content, edit }: Posting,
  { signal, ackTimeoutMs }: { readonly signal: AbortSignal; readonly ackTimeoutMs: number },
): Promise<Sent> {
  const { socket, acks } = stream
  const answered = acks.expect(id)
  const attributes = edit === undefined ? {} : { additionalAttributes: { edit } }
  const relayed = socket.relayMessage(jid, content, { messageId: id, ...attributes })
  // It may end long after nobody waits for it any more.
  relayed.catch(() => {})
  const deadline = createDeadline(signal, ackTimeoutMs)
  try {
    const ended = Promise.race([
      stream.ended.then(({ code }) => `the connection ended (${code})`),
      deadline.reached,
    ])
    const outcome = await Promise.race([
      // Baileys fails before the message leaves, or not at all.
      relayed.then(
        () => answered,
        (cause: unknown) => whatsAppError('UNAVAILABLE', 'the message did not leave.', { cause }),
      ),
      answered,
      ended,
    ])
    if (outcome instanceof Error) throw outcome
    if (typeof outcome === 'string') {
      throw whatsAppError('UNKNOWN', `${outcome} before the message was acknowledged.`)
    }
    if (outcome.error !== undefined) throw refusal(outcome.error)
    return { nativeId: id, sentAt: outcome.at }
  } finally {
    acks.forget(id)
    deadline.clear()
  }
}

function createDeadline(
  signal: AbortSignal,
  timeoutMs: number,
): { readonly reached: Promise<string>; clear(): void } {
  const { promise, resolve } = Promise.withResolvers<string>()
  const aborted = (): void => resolve('the call was given up')
  const timer = setTimeout(() => resolve('WhatsApp did not answer'), timeoutMs)
  signal.addEventListener('abort', aborted, { once: true })
  if (signal.aborted) aborted()
  return {
    reached: promise,
    clear() {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
    },
  }
}
