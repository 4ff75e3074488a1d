import {
  createBackoff,
  type Channel,
  type ChannelHost,
  type Connection,
  type MessageEnvelope,
} from '@junctor/channel'
import { configSchema, type IrcConfig } from './config.ts'
import { toEnvelope } from './envelope.ts'
import { ircError } from './errors.ts'
import { fromMarkdown, toLines } from './format.ts'
import type { Line } from './line.ts'
import { openLink, type Link } from './link.ts'
import { createSending } from './sending.ts'

/** A line has 512 bytes, of which the server's prefix and the target take up to about 150. */
const LINE_BYTES = 360
const SILENCE_MS = 30_000

/** IRC as a Junctor channel. */
export const channel: Channel<IrcConfig> = {
  spec: 'channel-v1',
  id: 'irc',
  capabilities: {
    maxTextLength: 350,
    threads: false,
    files: false,
    edit: false,
    remove: false,
    reactions: false,
    typing: false,
    idempotentSend: false,
  },
  config: configSchema,
  open: openIrc,
}

async function openIrc(config: IrcConfig, host: ChannelHost): Promise<Connection> {
  const closing = new AbortController()
  const cut = new AbortController()
  const over = AbortSignal.any([host.signal, closing.signal])
  const sending = createSending()
  const inbox = createInbox(host, over)

  const onLine = (line: Line, link: Link): void => {
    if (sending.takes(line, link) || line.command !== 'PRIVMSG' || over.aborted) return
    const envelope = toEnvelope(line, link, host.accountId)
    if (envelope !== undefined) inbox.take(envelope)
  }
  const connect = (): Promise<Link> =>
    openLink({ config, onLine, silenceMs: SILENCE_MS, signal: cut.signal })

  /** The connection, or the attempt to have one. Undefined between attempts. */
  let linking: Promise<Link> | undefined = connect()
  const first = await linking
  host.report({ state: 'online' })

  const keepOpen = async (link: Link): Promise<void> => {
    const reason = await link.closed
    linking = undefined
    if (over.aborted) return
    host.report({ state: 'degraded', reason })
    const backoff = createBackoff({ firstBackoffMs: 250, maxBackoffMs: 60_000 })
    while (!over.aborted) {
      linking = connect()
      try {
        const next = await linking
        host.report({ state: 'online' })
        return await keepOpen(next)
      } catch (error) {
        linking = undefined
        report(error)
      }
      await backoff.pause(over)
    }
  }
  const report = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error)
    const isRefused = error instanceof Error && 'code' in error && error.code === 'UNAUTHORIZED'
    host.report({ state: isRefused ? 'needs-login' : 'offline', reason })
  }
  const kept = keepOpen(first)
  host.signal.addEventListener('abort', () => first.end())

  return {
    async send({ peer }, { text, format, replyTo }, { signal }) {
      if (over.aborted) throw ircError('CLOSED', 'the connection is closed')
      if (text.length > channel.capabilities.maxTextLength)
        throw ircError(
          'TOO_LARGE',
          `a message has at most ${channel.capabilities.maxTextLength} characters`,
        )
      if (/[\s,]/.test(peer.id) || peer.id.startsWith(':'))
        throw ircError('INVALID', `"${peer.id}" is no nick or room`)
      const lines = toLines(format === 'markdown' ? fromMarkdown(text) : text, LINE_BYTES)
      if (lines.length === 0) throw ircError('INVALID', 'there is nothing to say')
      if (linking === undefined) throw ircError('UNAVAILABLE', 'not connected')
      const link = await linking.catch((error: unknown) => {
        throw ircError('UNAVAILABLE', `not connected: ${String(error)}`)
      })
      return sending.post(link, {
        target: peer.id,
        lines,
        replyTo,
        signal: AbortSignal.any([signal, cut.signal]),
      })
    },
    async close({ signal }) {
      closing.abort()
      const cutOff = (): void => cut.abort()
      if (signal.aborted) cutOff()
      else signal.addEventListener('abort', cutOff)
      await sending.idle()
      const link = await linking?.catch(() => undefined)
      link?.end()
      await Promise.all([kept, inbox.idle()])
      signal.removeEventListener('abort', cutOff)
    },
  }
}

/** Hands envelopes over, those of one conversation in order; one that could not be stored is offered again. */
function createInbox(
  host: ChannelHost,
  over: AbortSignal,
): { take(envelope: MessageEnvelope): void; idle(): Promise<void> } {
  const conversations = new Map<string, Promise<void>>()

  const handOver = async (envelope: MessageEnvelope): Promise<void> => {
    const backoff = createBackoff({ firstBackoffMs: 20, maxBackoffMs: 5_000 })
    while (!over.aborted)
      try {
        await host.receive(envelope)
        return
      } catch (error) {
        host.log.warn({ nativeId: envelope.nativeId, error: String(error) }, 'offered again')
        await backoff.pause(over)
      }
  }

  return {
    take(envelope) {
      const key = envelope.peer.id
      const done = (conversations.get(key) ?? Promise.resolve()).then(() => handOver(envelope))
      conversations.set(key, done)
      void done.then(() => {
        if (conversations.get(key) === done) conversations.delete(key)
      })
    },
    async idle() {
      await Promise.all(conversations.values())
    },
  }
}
