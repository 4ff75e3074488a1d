import type { Route, RouteCall } from './routes.ts'
import { forGateway, inGuild, mentioned } from './people.ts'
import { snowflake } from './snowflake.ts'
import { refuse, refuseField, type DiscordMessage } from './types.ts'
import type { ChannelState, MessageEntry } from './world.ts'

/** https://discord.com/developers/docs/resources/message#create-message */
const maxContentLength = 2000
const maxFileBytes = 10 * 1024 * 1024
const maxFiles = 10

export const messageRoutes: readonly Route[] = [
  { method: 'POST', pattern: /^\/channels\/(\d+)\/messages$/, run: create },
  { method: 'GET', pattern: /^\/channels\/(\d+)\/messages$/, run: list },
  {
    method: 'GET',
    pattern: /^\/channels\/(\d+)\/messages\/(\d+)$/,
    run: (call) => existing(call).entry.message,
  },
  { method: 'PATCH', pattern: /^\/channels\/(\d+)\/messages\/(\d+)$/, run: change },
  {
    method: 'DELETE',
    pattern: /^\/channels\/(\d+)\/messages\/(\d+)$/,
    run(call) {
      const { state, entry } = existing(call)
      const { id, channel_id: channelId } = entry.message
      state.messages.delete(id)
      call.emit(channelId, 'MESSAGE_DELETE', { id, channel_id: channelId, ...inGuild(state) })
    },
  },
  {
    method: 'POST',
    pattern: /^\/channels\/(\d+)\/typing$/,
    run({ world, bot, params: [id = ''] }) {
      world.writable(id, bot.user)
    },
  },
  {
    method: 'PUT',
    pattern: /^\/channels\/(\d+)\/messages\/(\d+)\/reactions\/(.+)\/@me$/,
    run: (call) => react(call, true),
  },
  {
    method: 'DELETE',
    pattern: /^\/channels\/(\d+)\/messages\/(\d+)\/reactions\/(.+)\/@me$/,
    run: (call) => react(call, false),
  },
]

function create(call: RouteCall): DiscordMessage {
  const { world, bot, params } = call
  const body = readPayload(call)
  const state = world.writable(params[0] ?? '', bot.user)
  refuseWhenArchived(state)
  const content = readContent(body)
  const files = [...call.body.files.values()]
  if (content === '' && files.length === 0) refuse(400, 50_006, 'Cannot send an empty message')
  if (files.length > maxFiles) refuseField('files', 'BASE_TYPE_MAX_LENGTH', 'Must be 10 or fewer')
  if (files.some(({ data }) => data.length > maxFileBytes)) {
    refuse(413, 40_005, 'Request entity too large')
  }
  const { nonce } = body
  if (body['enforce_nonce'] === true && nonce !== undefined) {
    const earlier = [...state.messages.values()].find(
      ({ message }) => message.nonce === nonce && message.author.id === bot.user.id,
    )
    if (earlier) return earlier.message
  }
  if (typeof nonce === 'string' && nonce.length > 25) {
    refuseField('nonce', 'NONCE_TYPE_TOO_LONG', 'Must be 25 or fewer in length.')
  }
  const answered = findAnswered(state, body)
  const message: DiscordMessage = {
    id: snowflake(),
    type: answered ? 19 : 0,
    channel_id: state.channel.id,
    author: bot.user,
    content,
    timestamp: new Date().toISOString(),
    edited_timestamp: null,
    tts: false,
    pinned: false,
    embeds: [],
    components: [],
    flags: 0,
    mention_everyone: pings(body, content).includes('everyone'),
    mentions: mentioned(content, []),
    mention_roles: [],
    attachments: files.map((file) => world.storeFile(state.channel.id, file, call.origin)),
    ...(typeof nonce === 'string' || typeof nonce === 'number' ? { nonce } : {}),
    ...(answered
      ? {
          message_reference: { message_id: answered.message.id, channel_id: state.channel.id },
          referenced_message: answered.message,
        }
      : {}),
  }
  const author = answered && repliedUser(body) ? [answered.message.author.id] : []
  world.storeMessage(message, [...pings(body, content), ...author])
  call.emit(state.channel.id, 'MESSAGE_CREATE', forGateway(world, message))
  return message
}

function list({ world, bot, query, params: [id = ''] }: RouteCall): readonly DiscordMessage[] {
  const state = world.viewable(id, bot.user)
  const limit = Number(query.get('limit') ?? 50)
  if (!(limit >= 1 && limit <= 100)) {
    refuseField('limit', 'NUMBER_TYPE_MAX', 'int value should be between 1 and 100.')
  }
  const after = BigInt(query.get('after') ?? 0)
  const oldestFirst = [...state.messages.values()]
    .map(({ message }) => message)
    .filter((message) => BigInt(message.id) > after)
    .sort((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1))
  // With `after` the oldest ones, but newest first, as Discord does.
  const page = query.has('after') ? oldestFirst.slice(0, limit) : oldestFirst.slice(-limit)
  return page.toReversed()
}

function change(call: RouteCall): DiscordMessage {
  const { state, entry } = existing(call)
  const body = readPayload(call)
  if (entry.message.author.id !== call.bot.user.id) {
    refuse(403, 50_005, 'Cannot edit a message authored by another user')
  }
  refuseWhenArchived(state)
  const content = 'content' in body ? readContent(body) : entry.message.content
  if (content === '' && entry.message.attachments.length === 0) {
    refuse(400, 50_006, 'Cannot send an empty message')
  }
  editEntry(call, entry, content)
  return entry.message
}

export function editEntry({ world, emit }: RouteCall, entry: MessageEntry, content: string): void {
  entry.history.push(entry.message.content)
  entry.message = {
    ...entry.message,
    content,
    flags: 0,
    edited_timestamp: new Date().toISOString(),
  }
  emit(entry.message.channel_id, 'MESSAGE_UPDATE', forGateway(world, entry.message))
}

function existing(call: RouteCall): { state: ChannelState; entry: MessageEntry } {
  const [channelId = '', id = ''] = call.params
  const state = call.world.viewable(channelId, call.bot.user)
  const entry = state.messages.get(id)
  return entry ? { state, entry } : refuse(404, 10_008, 'Unknown Message')
}

function react(call: RouteCall, isAdded: boolean): void {
  const { state, entry } = existing(call)
  refuseWhenArchived(state)
  const emoji = call.params[2] ?? ''
  if (!/^(?:\w+:\d{17,20}|\P{ASCII}+)$/u.test(emoji)) refuse(400, 10_014, 'Unknown Emoji')
  const userId = call.bot.user.id
  const index = entry.reactions.findIndex((one) => one.emoji === emoji && one.userId === userId)
  if (isAdded === index >= 0) return
  if (isAdded) entry.reactions.push({ emoji, userId })
  else entry.reactions.splice(index, 1)
  const [name, id] = emoji.split(':')
  entry.message = { ...entry.message, reactions: summary(entry, userId) }
  call.emit(entry.message.channel_id, `MESSAGE_REACTION_${isAdded ? 'ADD' : 'REMOVE'}`, {
    user_id: userId,
    channel_id: entry.message.channel_id,
    message_id: entry.message.id,
    emoji: id === undefined ? { id: null, name: emoji } : { id, name },
    ...inGuild(state),
  })
}

function summary({ reactions }: MessageEntry, userId: string): readonly object[] {
  return [...new Set(reactions.map(({ emoji }) => emoji))].map((emoji) => {
    const [name, id] = emoji.split(':')
    const given = reactions.filter((one) => one.emoji === emoji)
    return {
      emoji: id === undefined ? { id: null, name: emoji } : { id, name },
      count: given.length,
      me: given.some((one) => one.userId === userId),
    }
  })
}

/** The form as JSON, or the `payload_json` part of a multipart body. */
export function readPayload({ body }: RouteCall): Readonly<Record<string, unknown>> {
  const payload = body.params['payload_json']
  if (typeof payload !== 'object' || payload === null) return body.params
  return payload as Readonly<Record<string, unknown>>
}

export function readContent(body: Readonly<Record<string, unknown>>): string {
  const content = typeof body['content'] === 'string' ? body['content'].trim() : ''
  if (content.length > maxContentLength) {
    refuseField(
      'content',
      'BASE_TYPE_MAX_LENGTH',
      `Must be ${maxContentLength} or fewer in length.`,
    )
  }
  return content
}

function refuseWhenArchived({ channel }: ChannelState): void {
  if (channel.thread_metadata?.archived) refuse(400, 50_083, 'Thread is archived')
}

function findAnswered(
  state: ChannelState,
  body: Readonly<Record<string, unknown>>,
): MessageEntry | undefined {
  const reference = body['message_reference']
  if (typeof reference !== 'object' || reference === null || !('message_id' in reference)) {
    return undefined
  }
  const answered = state.messages.get(String(reference.message_id))
  const mayBeMissing = 'fail_if_not_exists' in reference && reference.fail_if_not_exists === false
  if (!answered && !mayBeMissing) {
    refuseField('message_reference', 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message')
  }
  return answered
}

/** Whom a content notifies: https://discord.com/developers/docs/resources/message#allowed-mentions-object */
function pings(body: Readonly<Record<string, unknown>>, content: string): readonly string[] {
  const allowed = body['allowed_mentions'] as
    | { readonly parse?: readonly string[]; readonly users?: readonly string[] }
    | undefined
  const may = (kind: string): boolean => !allowed || allowed.parse?.includes(kind) === true
  const users = [...content.matchAll(/<@!?(\d+)>/g)].map((match) => match[1] ?? '')
  const roles = [...content.matchAll(/<@&(\d+)>/g)].map((match) => match[1] ?? '')
  return [
    ...(/@(?:everyone|here)\b/.test(content) && may('everyone') ? ['everyone'] : []),
    ...users.filter((id) => may('users') || allowed?.users?.includes(id)),
    ...roles.filter(() => may('roles')),
  ]
}

function repliedUser(body: Readonly<Record<string, unknown>>): boolean {
  const allowed = body['allowed_mentions'] as { readonly replied_user?: boolean } | undefined
  return !allowed || allowed.replied_user === true
}
