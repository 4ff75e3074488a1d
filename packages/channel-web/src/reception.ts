import type { ChannelHost, MessageEnvelope } from '@junctor/channel'
import { failure } from './failure.ts'
import { parsePostedMessage, type PostedMessage } from './posted-message.ts'

export interface Reception {
  /** Takes one message from the page. Answers only after its outcome is stored. */
  post(request: Request): Promise<Response>
  /** Resolves when nothing is being stored any more, or when `signal` aborts. */
  settle(signal: AbortSignal): Promise<void>
}

export interface ReceptionOptions {
  readonly host: ChannelHost
  readonly now: () => number
  readonly maxTextLength: number
  readonly onAccepted: (message: PostedMessage, at: number) => void
}

export function createReception({
  host,
  now,
  maxTextLength,
  onAccepted,
}: ReceptionOptions): Reception {
  // The last hand-over of each conversation: the next one waits for it.
  const lanes = new Map<string, Promise<unknown>>()

  const receive = async (message: PostedMessage): Promise<Response> => {
    const at = now()
    try {
      const status = await host.receive(toEnvelope(host.accountId, message, at))
      if (status === 'accepted') onAccepted(message, at)
      if (status !== 'refused') return Response.json({ status })
    } catch (error) {
      host.log.warn({ error, nativeId: message.id }, 'A message from the page could not be stored')
      return failure(503, 'UNAVAILABLE', 'The message could not be stored. Send the same id again.')
    }
    return failure(403, 'REFUSED', 'The gateway does not admit this message; ask why for the rule.')
  }

  return {
    async post(request) {
      // Another site could post a form or plain text without asking the browser; JSON it could not.
      if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
        return failure(415, 'INVALID', 'The body must be application/json')
      }
      const message = parsePostedMessage(await request.text(), maxTextLength)
      const { conversation } = message
      const before = lanes.get(conversation) ?? Promise.resolve()
      const current = before.then(() => receive(message))
      lanes.set(conversation, current)
      try {
        return await current
      } finally {
        if (lanes.get(conversation) === current) lanes.delete(conversation)
      }
    },
    async settle(signal) {
      const aborted = new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        else signal.addEventListener('abort', () => resolve(), { once: true })
      })
      await Promise.race([Promise.allSettled(lanes.values()), aborted])
    },
  }
}

function toEnvelope(
  accountId: string,
  { id, text, conversation, agentId }: PostedMessage,
  sentAt: number,
): MessageEnvelope {
  return {
    type: 'message',
    channel: 'web',
    accountId,
    peer: { kind: 'dm', id: conversation },
    nativeId: id,
    sender: { id: 'owner', isBot: false, isSelf: false },
    sentAt,
    text,
    mentions: { self: false, ids: [] },
    attachments: [],
    ...(agentId !== undefined && { agentId }),
  }
}
