import type { DiscordBotState, Interaction } from './bot-state.ts'
import type { Emit } from './emit.ts'
import { snowflake } from './snowflake.ts'
import { channelTypes, type DiscordMessage, type DiscordUser } from './types.ts'
import type { ChannelState, MessageEntry, World } from './world.ts'

/** Something that a person writes. */
export interface DiscordSay {
  readonly channel: string
  readonly text?: string
  /** Who writes. Default: the person of a private conversation, or person 42. */
  readonly from?: string | DiscordUser
  readonly replyTo?: string
  readonly id?: string
  /** Milliseconds since 1970. Default: now. */
  readonly at?: number
  readonly file?: { readonly name: string; readonly data: Uint8Array }
  /** Stored and readable over REST, but no session is told. */
  readonly unseen?: boolean
  /** Fields on top of what the server fills in; `undefined` leaves one out. */
  readonly fields?: Readonly<Record<string, unknown>>
}

export interface People {
  say(options: DiscordSay): DiscordMessage
  edit(change: {
    readonly channel: string
    readonly id: string
    readonly text: string
  }): DiscordMessage
  remove(channel: string, ...ids: readonly string[]): void
  react(reaction: DiscordReaction): void
  /** Take a reaction back. */
  unreact(reaction: DiscordReaction): void
  /** Type `/name text`. */
  command(use: DiscordCommandUse): Interaction
}

export interface DiscordReaction {
  readonly channel: string
  readonly id: string
  /** A character, or `name:id` of an emoji of the guild. */
  readonly emoji: string
  readonly from?: string
}

export interface DiscordCommandUse {
  readonly bot: DiscordBotState
  readonly channel: string
  readonly name: string
  readonly text?: string
  readonly from?: string
}

/** Person 42 has the id …42: ids have 17 to 19 digits, and clients count on it. */
export function personId(number: number): string {
  return `2000000000000${String(number).padStart(5, '0')}`
}

export function person(id: string): DiscordUser {
  const number = id.replace(/^20*/, '')
  return {
    id,
    username: `person_${number}`,
    global_name: `Person ${number}`,
    discriminator: '0',
    avatar: null,
  }
}

export interface PeopleOptions {
  readonly world: World
  readonly emit: Emit
  readonly origin: () => string
  readonly users: () => readonly DiscordUser[]
}

export function createPeople({ world, emit, origin, users }: PeopleOptions): People {
  const find = (channel: string, id: string): { state: ChannelState; entry: MessageEntry } => {
    const state = world.channels.get(channel)
    const entry = state?.messages.get(id)
    if (!state || !entry) throw new Error(`There is no message ${id} in channel ${channel}`)
    return { state, entry }
  }

  const toggle = (reaction: DiscordReaction, isAdded: boolean): void => {
    const { state, entry } = find(reaction.channel, reaction.id)
    const userId = reaction.from ?? personId(42)
    const given = { emoji: reaction.emoji, userId }
    const index = entry.reactions.findIndex(
      (one) => one.emoji === given.emoji && one.userId === userId,
    )
    if (isAdded && index < 0) entry.reactions.push(given)
    else if (!isAdded && index >= 0) entry.reactions.splice(index, 1)
    else return
    emit(reaction.channel, `MESSAGE_REACTION_${isAdded ? 'ADD' : 'REMOVE'}`, {
      user_id: userId,
      channel_id: reaction.channel,
      message_id: reaction.id,
      emoji: toEmoji(reaction.emoji),
      burst: false,
      type: 0,
      ...inGuild(state),
      ...(isAdded && state.botId === undefined
        ? { member: { ...memberOf(world, state, userId), user: person(userId) } }
        : {}),
    })
  }

  return {
    say(options) {
      const { channel, text = '', id = snowflake(options.at) } = options
      const state = world.channels.get(channel)
      if (!state) throw new Error(`There is no channel ${channel}`)
      const author = writer(state, options.from)
      const answered = options.replyTo === undefined ? undefined : options.replyTo
      const message: DiscordMessage = withFields(
        {
          id,
          type: answered === undefined ? 0 : 19,
          channel_id: channel,
          author,
          content: text,
          timestamp: new Date(options.at ?? Date.now()).toISOString(),
          edited_timestamp: null,
          tts: false,
          pinned: false,
          embeds: [],
          components: [],
          flags: 0,
          mention_everyone: /@(?:everyone|here)\b/.test(text),
          mentions: mentioned(text, users()),
          mention_roles: [...text.matchAll(/<@&(\d+)>/g)].map((match) => match[1] ?? ''),
          attachments: options.file ? [world.storeFile(channel, options.file, origin())] : [],
          ...(answered === undefined
            ? {}
            : {
                message_reference: { type: 0, message_id: answered, channel_id: channel },
                referenced_message: state.messages.get(answered)?.message ?? null,
              }),
        },
        options.fields ?? {},
      )
      const guild = world.guilds.get(state.channel.guild_id ?? '')
      if (guild && !guild.roles.has(author.id)) guild.roles.set(author.id, [])
      world.storeMessage(message, [])
      if (!options.unseen) emit(channel, 'MESSAGE_CREATE', forGateway(world, message))
      return message
    },
    edit({ channel, id, text }) {
      const { entry } = find(channel, id)
      entry.history.push(entry.message.content)
      entry.message = {
        ...entry.message,
        content: text,
        mentions: mentioned(text, users()),
        edited_timestamp: laterThan(entry.message.edited_timestamp),
      }
      emit(channel, 'MESSAGE_UPDATE', forGateway(world, entry.message))
      return entry.message
    },
    remove(channel, ...ids) {
      const [only] = ids
      for (const id of ids) {
        const { state } = find(channel, id)
        state.messages.delete(id)
      }
      const state = world.channels.get(channel)
      const place = { channel_id: channel, ...(state ? inGuild(state) : {}) }
      if (ids.length === 1) emit(channel, 'MESSAGE_DELETE', { id: only, ...place })
      else emit(channel, 'MESSAGE_DELETE_BULK', { ids, ...place })
    },
    react: (reaction) => toggle(reaction, true),
    unreact: (reaction) => toggle(reaction, false),
    command({ bot, channel, name, text, from }) {
      const state = world.channels.get(channel)
      if (!state) throw new Error(`There is no channel ${channel}`)
      const user = writer(state, from)
      const interaction: Interaction = {
        id: snowflake(),
        token: `interaction-${crypto.randomUUID()}`,
        channelId: channel,
        createdAtMs: Date.now(),
        acknowledgedAs: undefined,
        messageId: undefined,
      }
      bot.interactions.set(interaction.token, interaction)
      const { id, token } = interaction
      emit(channel, 'INTERACTION_CREATE', {
        id,
        token,
        application_id: bot.applicationId,
        type: 2,
        version: 1,
        locale: 'en-US',
        channel_id: channel,
        channel: state.channel,
        data: {
          id: snowflake(),
          name,
          type: 1,
          ...(text === undefined ? {} : { options: [{ name: 'arguments', type: 3, value: text }] }),
        },
        ...inGuild(state),
        ...(state.botId === undefined
          ? { member: { ...memberOf(world, state, user.id), user } }
          : { user }),
      })
      return interaction
    },
  }
}

/** A message as an event carries it: with the guild, the member and the kind of channel, which REST leaves out. */
export function forGateway(world: World, message: DiscordMessage): object {
  const state = world.channels.get(message.channel_id)
  if (!state) return message
  return withFields(
    {
      ...message,
      channel_type: state.channel.type,
      ...inGuild(state),
      ...(state.botId === undefined && message.webhook_id === undefined
        ? { member: memberOf(world, state, message.author.id) }
        : {}),
    },
    Object.fromEntries(Object.entries(message).filter(([, value]) => value === undefined)),
  )
}

/** Now, but never the time of an earlier edit. */
function laterThan(earlier: string | null): string {
  const afterMs = earlier === null ? 0 : Date.parse(earlier) + 1
  return new Date(Math.max(Date.now(), afterMs)).toISOString()
}

function withFields<Value extends object>(
  value: Value,
  fields: Readonly<Record<string, unknown>>,
): Value {
  return { ...value, ...fields }
}

export function inGuild({ channel }: ChannelState): { readonly guild_id?: string } {
  return channel.guild_id === undefined ? {} : { guild_id: channel.guild_id }
}

export function memberOf(world: World, { channel }: ChannelState, userId: string): object {
  const guild = world.guilds.get(channel.guild_id ?? '')
  return {
    roles: guild?.roles.get(userId) ?? [],
    nick: null,
    joined_at: guild?.joinedAt,
    deaf: false,
    mute: false,
    flags: 0,
  }
}

function writer(state: ChannelState, from: DiscordSay['from']): DiscordUser {
  if (typeof from === 'object') return from
  const direct = state.channel.type === channelTypes.dm ? state.channel.recipients?.[0] : undefined
  return from === undefined ? (direct ?? person(personId(42))) : person(from)
}

export function mentioned(text: string, known: readonly DiscordUser[]): readonly DiscordUser[] {
  const ids = new Set([...text.matchAll(/<@!?(\d+)>/g)].map((match) => match[1] ?? ''))
  return [...ids].map((id) => known.find((user) => user.id === id) ?? person(id))
}

function toEmoji(emoji: string): object {
  const [name, id] = emoji.split(':')
  return id === undefined ? { id: null, name: emoji } : { id, name }
}
