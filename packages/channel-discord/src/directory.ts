import { ChannelType, GatewayDispatchEvents, type GatewayDispatchPayload } from '@discordjs/core'
import type { Sender } from '@junctor/channel'

/** A conversation in a guild. */
export interface Room {
  readonly id: string
  readonly type: ChannelType
  readonly guildId: string
  /** The category of a channel, the channel of a thread. */
  readonly parentId?: string
}

/** What the gateway has told about guilds and messages, as far as later events leave it out. */
export interface Directory {
  learn(payload: GatewayDispatchPayload): void
  room(id: string): Room | undefined
  addRoom(room: Room): void
  /** Whether the roles of a guild are known. They come with a new session, not with a resumed one. */
  knowsRoles(guildId: string): boolean
  learnRoles(guildId: string, roles: readonly Role[]): void
  /** Whether Discord made this role for the bot itself. */
  isOwnRole(roleId: string): boolean
  /** Who wrote a message. The newest few thousand are known. */
  author(messageId: string): Sender | undefined
  addAuthor(messageId: string, author: Sender): void
}

const mostAuthors = 5000

const threadTypes: ReadonlySet<ChannelType> = new Set([
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
])

export function isThread({ type }: Pick<Room, 'type'>): boolean {
  return threadTypes.has(type)
}

export function createDirectory(botId: string): Directory {
  const rooms = new Map<string, Room>()
  const guilds = new Set<string>()
  const ownRoles = new Set<string>()
  const authors = new Map<string, Sender>()

  const addRoom = (room: Room): void => void rooms.set(room.id, room)
  const learnRoles = (guildId: string, roles: readonly Role[]): void => {
    guilds.add(guildId)
    for (const { id, tags } of roles) if (tags?.bot_id === botId) ownRoles.add(id)
  }
  const add = (channel: NamedChannel, guildId: string): void => {
    const { id, type, parent_id: parentId } = channel
    addRoom({ id, type, guildId, ...(parentId ? { parentId } : {}) })
  }

  return {
    room: (id) => rooms.get(id),
    addRoom,
    knowsRoles: (guildId) => guilds.has(guildId),
    learnRoles,
    isOwnRole: (roleId) => ownRoles.has(roleId),
    author: (messageId) => authors.get(messageId),
    addAuthor(messageId, author) {
      authors.set(messageId, author)
      const [oldest] = authors.keys()
      if (authors.size > mostAuthors && oldest !== undefined) authors.delete(oldest)
    },
    learn(payload) {
      switch (payload.t) {
        case GatewayDispatchEvents.GuildCreate: {
          const { id: guildId, channels, threads, roles } = payload.d
          for (const channel of [...channels, ...threads]) add(channel, guildId)
          learnRoles(guildId, roles)
          break
        }
        case GatewayDispatchEvents.GuildDelete: {
          if (payload.d.unavailable) break
          for (const [id, { guildId }] of rooms) if (guildId === payload.d.id) rooms.delete(id)
          break
        }
        case GatewayDispatchEvents.ChannelCreate:
        case GatewayDispatchEvents.ChannelUpdate:
        case GatewayDispatchEvents.ThreadCreate:
        case GatewayDispatchEvents.ThreadUpdate: {
          if (payload.d.guild_id !== undefined) add(payload.d, payload.d.guild_id)
          break
        }
        case GatewayDispatchEvents.ThreadListSync: {
          for (const thread of payload.d.threads) add(thread, payload.d.guild_id)
          break
        }
        case GatewayDispatchEvents.ChannelDelete: {
          rooms.delete(payload.d.id)
          break
        }
        default:
      }
    },
  }
}

interface Role {
  readonly id: string
  readonly tags?: { readonly bot_id?: string | undefined } | undefined
}

interface NamedChannel {
  readonly id: string
  readonly type: ChannelType
  readonly parent_id?: string | null | undefined
}
