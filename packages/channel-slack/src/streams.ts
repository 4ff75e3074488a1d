import { ChannelError, type Address, type MessageStreams } from '@junctor/channel'
import type { Directory } from './directory.ts'
import { beginOfOpenToken, defuse, requireLength } from './outbound-text.ts'
import { threadFor, toSent, toTimestamp } from './target.ts'
import type { Api } from './web-api.ts'

export interface StreamsOptions {
  readonly api: Api
  readonly directory: Directory
  /** The workspace of a person. */
  readonly teamOf: (userId: string) => string
}

export interface Streams {
  readonly methods: MessageStreams
  /** Whether a finished stream says exactly this already, so that an edit would only mark it as edited. */
  says(to: Address, nativeId: string, markdown: string): boolean
  /** The message has been given another text. */
  forget(to: Address, nativeId: string): void
}

interface Stream {
  /** What was added, and what of it was shown: a token that may still be completed is held back. */
  text: string
  shown: number
  isFinished: boolean
}

const mostKept = 200

/** https://docs.slack.dev/reference/methods/chat.startStream: in threads alone, outside of DMs for one reader, for five minutes. */
export function createStreams({ api, directory, teamOf }: StreamsOptions): Streams {
  const streams = new Map<string, Stream>()

  const keep = (key: string, stream: Stream): void => {
    streams.set(key, stream)
    const [oldest] = streams.keys()
    if (streams.size > mostKept && oldest !== undefined) streams.delete(oldest)
  }

  const recipientOf = ({ peer }: Address, recipientId: string | undefined): object => {
    if (peer.kind === 'dm') return {}
    if (recipientId === undefined || !/^[UW]/.test(recipientId))
      throw unsupported('Slack streams into rooms for one person only, and nobody is named.')
    return { recipient_user_id: recipientId, recipient_team_id: teamOf(recipientId) }
  }

  /** What can be added now, and how much is shown then. */
  const addition = (
    { text, shown }: Stream,
    isLast: boolean,
  ): { readonly markdown_text: string; readonly end: number } => {
    const end = isLast ? text.length : endOfWhole(text)
    return { markdown_text: defuse(text.slice(shown, end)).toWellFormed(), end }
  }

  const find = (key: string): Stream => {
    const stream = streams.get(key)
    if (stream !== undefined && !stream.isFinished) return stream
    throw new ChannelError('slack', 'INVALID', `Slack stream: the stream ${key} is over.`)
  }

  const grow = async (
    key: string,
    text: string,
    isLast: boolean,
    call: (addition: { readonly markdown_text?: string }) => Promise<unknown>,
  ): Promise<void> => {
    const stream = find(key)
    const longer = { ...stream, text: stream.text + text }
    requireLength(longer.text)
    const { markdown_text, end } = addition(longer, isLast)
    try {
      if (isLast || markdown_text !== '') await call(markdown_text === '' ? {} : { markdown_text })
    } catch (error) {
      // Nobody knows what is shown now: only an edit can set that right.
      const isRefused = ChannelError.isInstance(error) && error.code === 'RATE_LIMITED'
      if (!isRefused) streams.delete(key)
      throw error
    }
    streams.set(key, { text: longer.text, shown: end, isFinished: isLast })
  }

  return {
    methods: {
      async begin(to, message, { recipientId, signal }) {
        const thread = threadFor(to, message.replyTo)
        if (thread === undefined) throw unsupported('Slack streams into threads alone.')
        if (message.format !== 'markdown') throw unsupported('Slack streams Markdown alone.')
        const recipient = recipientOf(to, recipientId)
        requireLength(message.text)
        const begun: Stream = { text: message.text, shown: 0, isFinished: false }
        const { markdown_text, end } = addition(begun, false)
        const channel = await directory.conversationOf(to.peer, signal)
        const { ts } = await api.call('stream', signal, (client) =>
          client.chat.startStream({
            channel,
            thread_ts: thread,
            ...recipient,
            ...(markdown_text === '' ? {} : { markdown_text }),
          }),
        )
        const sent = toSent(ts)
        keep(keyOf(to, sent.nativeId), { ...begun, shown: end })
        return sent
      },
      async append(to, nativeId, text, { signal }) {
        const at = {
          channel: await directory.conversationOf(to.peer, signal),
          ts: toTimestamp(nativeId),
        }
        await grow(keyOf(to, nativeId), text, false, (added) =>
          api.call('stream', signal, (client) => client.chat.appendStream({ ...at, ...added })),
        )
      },
      async finish(to, nativeId, text, { signal }) {
        const at = {
          channel: await directory.conversationOf(to.peer, signal),
          ts: toTimestamp(nativeId),
        }
        await grow(keyOf(to, nativeId), text, true, (added) =>
          api.call('stream', signal, (client) => client.chat.stopStream({ ...at, ...added })),
        )
      },
    },
    says(to, nativeId, markdown) {
      const stream = streams.get(keyOf(to, nativeId))
      return stream !== undefined && stream.isFinished && stream.text === markdown
    },
    forget: (to, nativeId) => void streams.delete(keyOf(to, nativeId)),
  }
}

/** Messages have ids of their own conversation alone. */
function keyOf({ peer }: Address, nativeId: string): string {
  return `${peer.kind} ${peer.id} ${nativeId}`
}

/** Where a text can be cut without harm: not in a token, and not in the middle of a character. */
function endOfWhole(text: string): number {
  const end = beginOfOpenToken(text)
  const last = text.charCodeAt(end - 1)
  return last >= 0xd8_00 && last <= 0xdb_ff ? end - 1 : end
}

function unsupported(problem: string): ChannelError {
  return new ChannelError('slack', 'UNSUPPORTED', problem)
}
