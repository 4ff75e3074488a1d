import { readPings, type Content } from './text.ts'
import { refuse, type ConversationKind, type ShownMessage, type SlackMessage } from './types.ts'

/** A conversation as one app sees it. */
export interface Conversation {
  readonly id: string
  readonly kind: ConversationKind
  /** The other person of a DM. */
  readonly user: string | undefined
  readonly messages: Map<string, Entry>
  isMember: boolean
  isArchived: boolean
}

export interface Entry {
  message: SlackMessage
  shown: string
  readonly history: string[]
  readonly reactions: { readonly name: string; readonly user: string }[]
  stream: Stream | undefined
}

/** A stream takes Markdown or chunks to its end, whichever it was begun with. */
export interface Stream {
  readonly mode: 'markdown_text' | 'chunks'
  /** What an append is refused with once the stream is over. */
  endedBy?: 'message_not_in_streaming_state' | 'stopped_by_user'
}

export interface Conversations {
  /** The conversation with this id, or the DM with this user; made when it is new. */
  ensure(id: string, kind?: ConversationKind): Conversation
  find(id: string): Conversation | undefined
  /** The conversation that a method names, if the app may write there. A user id is taken only with `users`. */
  writable(id: unknown, options?: { readonly users: boolean }): Conversation
  all(): readonly Conversation[]
}

export function createConversations(): Conversations {
  const all = new Map<string, Conversation>()

  const ensure: Conversations['ensure'] = (wanted, kind) => {
    const isUser = /^[UW]/.test(wanted)
    const id = isUser ? `D${wanted}` : wanted
    const known = all.get(id)
    if (known) return known
    const made: Conversation = {
      id,
      kind: kind ?? kindOf(id),
      user: id.startsWith('D') ? id.slice(1) : undefined,
      messages: new Map(),
      isMember: true,
      isArchived: false,
    }
    all.set(id, made)
    return made
  }

  return {
    ensure,
    find: (id) => all.get(id),
    writable(id, { users } = { users: false }) {
      const wanted = String(id)
      const found = users && /^[UW]/.test(wanted) ? ensure(wanted) : all.get(wanted)
      if (!found) return refuse('channel_not_found')
      if (found.isArchived) refuse('is_archived')
      if (!found.isMember) refuse('not_in_channel')
      return found
    },
    all: () => [...all.values()],
  }
}

export function findEntry({ messages }: Conversation, ts: unknown): Entry {
  return messages.get(String(ts)) ?? refuse('message_not_found')
}

export function putMessage(
  { messages }: Conversation,
  message: SlackMessage,
  { shown }: Pick<Content, 'shown'>,
): Entry {
  const entry: Entry = { message, shown, history: [], reactions: [], stream: undefined }
  messages.set(message.ts, entry)
  return entry
}

export function replaceText(
  entry: Entry,
  { text, shown }: Content,
  editor: string,
  ts: string,
): void {
  entry.history.push(entry.shown)
  entry.shown = shown
  entry.message = { ...entry.message, text, edited: { user: editor, ts } }
}

export function toShown({ message, shown, history, reactions, stream }: Entry): ShownMessage {
  return {
    ts: message.ts,
    text: shown,
    message,
    history: [...history],
    reactions: reactions.map(({ name }) => name),
    pings: readPings(message.text),
    isStreaming: stream !== undefined && stream.endedBy === undefined,
  }
}

/** By https://docs.slack.dev/apis/web-api/using-the-conversations-api: a group DM looks like a private channel. */
function kindOf(id: string): ConversationKind {
  if (id.startsWith('D')) return 'im'
  return id.startsWith('G') ? 'private' : 'channel'
}
