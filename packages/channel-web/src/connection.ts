import {
  ChannelError,
  type Address,
  type ChannelHost,
  type Connection,
  type Outbound,
} from '@junctor/channel'
import { hasCode } from '@junctor/errors'
import { createEventStreams } from './event-streams.ts'
import { failure } from './failure.ts'
import { nativeIdFor } from './native-id.ts'
import type { Page } from './page.ts'
import type { PageEvent } from './page-event.ts'
import { parseConversation } from './posted-message.ts'
import { createReception } from './reception.ts'
import { createSentLog } from './sent-log.ts'

export interface ConnectionOptions {
  readonly host: ChannelHost
  readonly page: Page
  readonly now: () => number
  readonly keepaliveMs: number
  readonly maxBufferedBytes: number
  readonly maxTextLength: number
}

const typingTtlMs = 5000

export function openConnection(
  options: ConnectionOptions,
): Required<Pick<Connection, 'send' | 'edit' | 'typing' | 'handleRequest' | 'close'>> {
  const { host, page, now, maxTextLength } = options
  const streams = createEventStreams(options)
  const reception = createReception({
    host,
    now,
    maxTextLength,
    onAccepted: (message, at) => {
      const { id, conversation, text, agentId } = message
      streams.publish(conversation, {
        type: 'message',
        direction: 'in',
        nativeId: id,
        text,
        at,
        ...(agentId !== undefined && { agentId }),
      })
    },
  })
  const sentLog = createSentLog()
  let isClosed = false

  const requireOpen = (signal: AbortSignal): void => {
    if (isClosed) throw new ChannelError('web', 'CLOSED', 'The web account was closed')
    if (!signal.aborted) return
    const cause: unknown = signal.reason
    throw new ChannelError('web', 'UNAVAILABLE', 'The call was aborted before it began', { cause })
  }

  return {
    async send(to, message, { idempotencyKey, signal }) {
      requireOpen(signal)
      const conversation = conversationOf(to)
      requireLength(message.text, maxTextLength)
      if (message.files !== undefined && message.files.length > 0) {
        throw new ChannelError('web', 'UNSUPPORTED', 'The web page shows no files')
      }
      const earlier = sentLog.get(idempotencyKey)
      if (earlier !== undefined) return earlier
      const sent = { nativeId: nativeIdFor(host.accountId, idempotencyKey), sentAt: now() }
      sentLog.add(idempotencyKey, sent)
      streams.publish(conversation, {
        type: 'message',
        direction: 'out',
        nativeId: sent.nativeId,
        ...contentOf(message),
        at: sent.sentAt,
        ...(message.replyTo !== undefined && { replyTo: message.replyTo }),
      })
      return sent
    },
    async edit(to, nativeId, message, { signal }) {
      requireOpen(signal)
      const conversation = conversationOf(to)
      requireLength(message.text, maxTextLength)
      // The page keeps no messages that could be missing here: a tab that does not know the id shows it as new.
      if (!nativeId.startsWith('web-')) {
        throw new ChannelError('web', 'NOT_FOUND', `"${nativeId}" is no message of the web page`)
      }
      streams.publish(conversation, { type: 'edit', nativeId, ...contentOf(message) })
    },
    async typing(to, { signal }) {
      requireOpen(signal)
      streams.publish(conversationOf(to), { type: 'typing', ttlMs: typingTtlMs })
    },
    async handleRequest(request) {
      if (isClosed) return failure(503, 'UNAVAILABLE', 'The web account was closed')
      // Wherever it is mounted, the last segment of the path names the resource.
      const { pathname, searchParams } = new URL(request.url)
      const name = pathname.slice(pathname.lastIndexOf('/') + 1)
      const isRead = request.method === 'GET' || request.method === 'HEAD'
      try {
        if (name === 'messages' && request.method === 'POST') return await reception.post(request)
        if (name === 'events' && request.method === 'GET') {
          const conversation = parseConversation(searchParams.get('conversation') ?? 'owner')
          return eventStream(streams.open(conversation))
        }
        if (name === 'commands' && isRead) return Response.json({ commands: host.commands ?? [] })
        const file = isRead ? page(name, request) : undefined
        return file ?? failure(404, 'NOT_FOUND', `The web page has no ${request.method} ${name}`)
      } catch (error) {
        if (hasCode(error, 'INVALID')) return failure(400, error.code, error.message)
        if (hasCode(error, 'TOO_LARGE')) return failure(413, error.code, error.message)
        throw error
      }
    },
    async close({ signal }) {
      isClosed = true
      streams.close()
      await reception.settle(signal)
    },
  }
}

function conversationOf({ peer, threadId }: Address): string {
  if (peer.kind === 'dm' && threadId === undefined) return peer.id
  throw new ChannelError('web', 'NOT_FOUND', 'The web page has direct conversations only')
}

function contentOf({
  text,
  format,
  agentId,
}: Outbound): Pick<PageEvent & { readonly type: 'edit' }, 'text' | 'format' | 'agentId'> {
  return {
    text,
    ...(format === 'plain' && { format }),
    ...(agentId !== undefined && { agentId }),
  }
}

function requireLength(text: string, maxTextLength: number): void {
  if (text.length <= maxTextLength) return
  throw new ChannelError(
    'web',
    'TOO_LARGE',
    `The message has ${text.length} characters, and ${maxTextLength} is the most that the page takes`,
  )
}

function eventStream(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // Asks nginx not to collect events before it passes them on.
      'x-accel-buffering': 'no',
    },
  })
}
