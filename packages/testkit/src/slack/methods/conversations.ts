import type { Conversation, Entry } from '../conversations.ts'
import { textOf } from '../text.ts'
import { refuse, type SlackMessage } from '../types.ts'
import type { Method, MethodCall } from './method.ts'

export const conversationMethods: Readonly<Record<string, Method>> = {
  'conversations.open'({ workspace, params }) {
    const users = textOf(params, 'users').split(',').filter(Boolean)
    const [user] = users
    if (user === undefined) return refuse('users_list_not_supplied')
    if (!/^[UW][A-Z0-9]+$/.test(user)) refuse('user_not_found')
    return { channel: { id: workspace.conversations.ensure(user).id } }
  },

  'conversations.info'({ workspace, params }) {
    const found = workspace.conversations.find(textOf(params, 'channel'))
    if (!found) return refuse('channel_not_found')
    const { id, kind, user } = found
    return {
      channel: {
        id,
        is_channel: kind === 'channel',
        is_group: kind === 'private',
        is_mpim: kind === 'mpim',
        is_im: kind === 'im',
        ...(user === undefined ? {} : { user }),
      },
    }
  },

  /** Newest first, without what only a thread shows. */
  'conversations.history'(call) {
    const { messages } = readable(call)
    const top = [...messages.values()].filter(({ message }) => isTopLevel(message))
    const shown = top.map((entry) => withReplies(entry, messages)).filter(inRange(call.params))
    return page(shown.toSorted(byTs).toReversed(), call.params)
  },

  /** Oldest first, the message that begins the thread always with it. */
  'conversations.replies'(call) {
    const { messages } = readable(call)
    const thread = textOf(call.params, 'ts')
    const parent = messages.get(thread)
    if (!parent) return refuse('thread_not_found')
    const replies = [...messages.values()]
      .map(({ message }) => message)
      .filter(({ ts, thread_ts: of }) => of === thread && ts !== thread)
      .filter(inRange(call.params))
    return page([withReplies(parent, messages), ...replies.toSorted(byTs)], call.params)
  },
}

function readable({ workspace, params }: MethodCall): Conversation {
  const found = workspace.conversations.find(textOf(params, 'channel'))
  if (!found) return refuse('channel_not_found')
  return found.isMember ? found : refuse('not_in_channel')
}

function isTopLevel({ ts, thread_ts: thread, subtype }: SlackMessage): boolean {
  return thread === undefined || thread === ts || subtype === 'thread_broadcast'
}

function withReplies({ message }: Entry, messages: Conversation['messages']): SlackMessage {
  const replies = [...messages.values()].filter(
    ({ message: { ts, thread_ts: thread } }) => thread === message.ts && ts !== message.ts,
  )
  const latest = replies.at(-1)?.message.ts
  if (latest === undefined) return message
  const counts = { reply_count: replies.length, latest_reply: latest }
  return { ...message, thread_ts: message.ts, ...counts }
}

function inRange(params: MethodCall['params']): (message: SlackMessage) => boolean {
  const oldest = Number(params['oldest'] ?? 0)
  const latest = Number(params['latest'] ?? Number.POSITIVE_INFINITY)
  const isInclusive = String(params['inclusive']) === 'true'
  return ({ ts }) =>
    isInclusive
      ? Number(ts) >= oldest && Number(ts) <= latest
      : Number(ts) > oldest && Number(ts) < latest
}

function byTs(one: SlackMessage, other: SlackMessage): number {
  return Number(one.ts) - Number(other.ts)
}

function page(messages: readonly SlackMessage[], params: MethodCall['params']): object {
  const limit = Number(params['limit'] ?? 100)
  const from = Number(textOf(params, 'cursor').replace('page:', '') || 0)
  const end = from + limit
  const hasMore = end < messages.length
  return {
    messages: messages.slice(from, end),
    has_more: hasMore,
    response_metadata: { next_cursor: hasMore ? `page:${end}` : '' },
  }
}
