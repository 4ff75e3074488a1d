import type { DiscordBotState } from './bot-state.ts'
import type { Emit } from './emit.ts'
import { guildPayload } from './guild-payload.ts'
import { snowflake } from './snowflake.ts'
import { channelTypes, type DiscordChannel } from './types.ts'
import type { ChannelState, World } from './world.ts'

/** Guilds, channels and threads, as their owners make and change them. */
export interface Places {
  /** All bots are in it from now on. */
  addGuild(options?: { readonly name?: string; readonly joinedAt?: number }): string
  addChannel(options: {
    readonly guild: string
    readonly name?: string
    readonly type?: keyof typeof channelTypes
    /** A category. */
    readonly parent?: string
  }): string
  /** A thread, or a post of a forum. */
  addThread(options: { readonly parent: string; readonly name?: string }): string
  archive(thread: string, options?: { readonly locked?: boolean }): void
  /** Roles of a person in a guild. Whoever wrote or got roles is a member. */
  setRoles(guild: string, person: string, roles: readonly string[]): void
  /** What bots may not do in a conversation any more; `nothing` takes it back. */
  closeTo(channel: string, what: ChannelState['closedTo']): void
}

export interface PlacesOptions {
  readonly world: World
  readonly emit: Emit
  readonly bots: () => Iterable<DiscordBotState>
}

export function createPlaces({ world, emit, bots }: PlacesOptions): Places {
  const add = (channel: DiscordChannel, event: string): string => {
    world.channels.set(channel.id, { channel, messages: new Map(), closedTo: 'nothing' })
    emit(channel.id, event, channel)
    return channel.id
  }

  const find = (id: string): ChannelState => {
    const state = world.channels.get(id)
    if (!state) throw new Error(`There is no channel ${id}`)
    return state
  }

  return {
    addGuild({ name = 'Guild', joinedAt = Date.now() } = {}) {
      const guild = {
        id: snowflake(),
        name,
        joinedAt: new Date(joinedAt).toISOString(),
        roles: new Map(),
        without: new Set<string>(),
      }
      world.guilds.set(guild.id, guild)
      for (const bot of bots()) {
        for (const session of bot.sessions.values()) {
          session.dispatch('GUILD_CREATE', guildPayload(world, guild, bot))
        }
      }
      return guild.id
    },
    addChannel({ guild, name = 'room', type = 'text', parent }) {
      return add(
        {
          id: snowflake(),
          type: channelTypes[type],
          guild_id: guild,
          name,
          parent_id: parent ?? null,
          last_message_id: null,
        },
        'CHANNEL_CREATE',
      )
    },
    addThread({ parent, name = 'thread' }) {
      const { channel } = find(parent)
      return add(
        {
          id: snowflake(),
          type: channelTypes.thread,
          ...(channel.guild_id === undefined ? {} : { guild_id: channel.guild_id }),
          name,
          parent_id: parent,
          last_message_id: null,
          thread_metadata: {
            archived: false,
            locked: false,
            auto_archive_duration: 1440,
            archive_timestamp: new Date().toISOString(),
          },
        },
        'THREAD_CREATE',
      )
    },
    archive(thread, { locked = false } = {}) {
      const state = find(thread)
      const { thread_metadata: metadata } = state.channel
      if (!metadata) throw new Error(`${thread} is no thread`)
      state.channel = {
        ...state.channel,
        thread_metadata: { ...metadata, archived: true, locked },
      }
      emit(thread, 'THREAD_UPDATE', state.channel)
    },
    setRoles: (guild, person, roles) => void world.guilds.get(guild)?.roles.set(person, roles),
    closeTo(channel, what) {
      find(channel).closedTo = what
    },
  }
}
