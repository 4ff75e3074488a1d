import { ChannelError, createBackoff, type ChannelHost } from '@junctor/channel'
import type { WebClient } from '@slack/web-api'
import type { Cursor, Cursors } from './cursors.ts'
import type { Intake } from './intake.ts'
import type { Timing } from './options.ts'
import type { Payload, RawMessage } from './payload.ts'
import type { Api } from './web-api.ts'

export interface CatchUpOptions {
  readonly api: Api
  readonly host: ChannelHost
  readonly timing: Timing
  readonly cursors: Cursors
  readonly intake: Intake
  /** Stores one message as if Slack had told of it. */
  readonly store: (payload: Payload) => Promise<void>
  readonly signal: AbortSignal
}

const mostTries = 5
const pageSize = 200

/**
 * Slack offers an event a few times and then no more. What was written in known conversations while nobody listened is
 * read from their histories, before anything newer of them is handed over.
 */
export function createCatchUp(options: CatchUpOptions): () => void {
  const { api, host, timing, cursors, intake, store, signal } = options
  /** Histories are read one after the other: Slack allows some fifty a minute. */
  let last: Promise<unknown> = Promise.resolve()

  const fetchMissed = async (cursor: Cursor): Promise<readonly RawMessage[]> => {
    const backoff = createBackoff(timing)
    for (;;)
      try {
        return await readMissed(cursor, (request) =>
          api.call('conversations.history', signal, request),
        )
      } catch (error) {
        const code = ChannelError.isInstance(error) ? error.code : undefined
        const isPassing = code === 'RATE_LIMITED' || code === 'UNAVAILABLE' || code === 'UNKNOWN'
        if (signal.aborted || !isPassing || backoff.failures >= mostTries) throw error
        const retryAfterMs = ChannelError.isInstance(error) ? error.retryAfterMs : undefined
        await backoff.pause(signal, retryAfterMs)
      }
  }

  const inTurn = (cursor: Cursor): Promise<readonly RawMessage[]> => {
    const fetched = last.then(() => fetchMissed(cursor))
    last = fetched.catch(() => {})
    return fetched
  }

  const catchUp = async (cursor: Cursor): Promise<void> => {
    let missed: readonly RawMessage[]
    try {
      missed = await inTurn(cursor)
    } catch (error) {
      if (signal.aborted) throw error
      const { conversation, ts } = cursor
      host.log.error(
        { conversation, since: ts, error },
        'Slack history could not be read: what was missed is lost',
      )
      return
    }
    for (const message of missed) await store(asEvent(cursor, message))
  }

  return () => {
    for (const cursor of cursors.all())
      intake
        .offer({
          conversation: cursor.conversation,
          id: `catch-up ${crypto.randomUUID()}`,
          run: () => catchUp(cursor),
        })
        .catch((error: unknown) => {
          if (!signal.aborted) host.log.error({ error }, 'Slack history could not be caught up')
        })
  }
}

type Call = <Result>(request: (client: WebClient) => Promise<Result>) => Promise<Result>

/** Everything newer than the cursor, oldest first, each once. */
async function readMissed(cursor: Cursor, call: Call): Promise<readonly RawMessage[]> {
  const { conversation: channel, ts: oldest } = cursor
  const found = new Map<string, RawMessage>()
  const keep = (message: RawMessage): void => {
    if (message.ts !== undefined && Number(message.ts) > Number(oldest))
      found.set(message.ts, message)
  }
  const top = await readPages(call, (client, page) =>
    client.conversations.history({ channel, oldest, limit: pageSize, ...page }),
  )
  const threads = new Set(cursor.threads)
  for (const message of top) {
    keep(message)
    if (message.ts !== undefined && message.latest_reply !== undefined) threads.add(message.ts)
  }
  for (const ts of threads) {
    const replies = await readPages(call, (client, page) =>
      client.conversations.replies({ channel, ts, oldest, limit: pageSize, ...page }),
    ).catch((error: unknown) => {
      if (ChannelError.isInstance(error) && error.code === 'NOT_FOUND') return []
      throw error
    })
    replies.forEach(keep)
  }
  return [...found.values()].toSorted((one, other) => Number(one.ts) - Number(other.ts))
}

interface Page {
  readonly messages?: readonly unknown[]
  readonly response_metadata?: { readonly next_cursor?: string }
}

async function readPages(
  call: Call,
  request: (client: WebClient, page: { readonly cursor?: string }) => Promise<Page>,
): Promise<readonly RawMessage[]> {
  const messages: RawMessage[] = []
  for (let cursor: string | undefined; ;) {
    const page: Page = await call((client) => request(client, cursor ? { cursor } : {}))
    messages.push(...((page.messages ?? []) as readonly RawMessage[]))
    cursor = page.response_metadata?.next_cursor
    if (!cursor) return messages
  }
}

/** Histories leave out what their caller knows. */
function asEvent({ conversation, place }: Cursor, message: RawMessage): Payload {
  const types = { dm: 'im', group: 'mpim', channel: 'channel' } as const
  const event = { ...message, channel: conversation, channel_type: types[place.kind] }
  return { kind: 'event', body: { event: { ...event, type: 'message' } } }
}
