import type { UploadedFile } from '../http-body.ts'
import { snowflake } from './snowflake.ts'
import { visibleText } from './render.ts'
import {
  channelTypes,
  refuse,
  type DiscordAttachment,
  type DiscordChannel,
  type DiscordMessage,
  type DiscordUser,
  type ShownDiscordMessage,
} from './types.ts'

export interface GuildState {
  readonly id: string
  readonly name: string
  readonly joinedAt: string
  /** Role ids by person. */
  readonly roles: Map<string, readonly string[]>
  /** Bots that were thrown out. */
  readonly without: Set<string>
}

export interface ChannelState {
  channel: DiscordChannel
  readonly messages: Map<string, MessageEntry>
  /** What bots may not do here. */
  closedTo: 'nothing' | 'sending' | 'viewing'
  /** For a private conversation: the bot in it. */
  readonly botId?: string
}

export interface MessageEntry {
  message: DiscordMessage
  readonly history: string[]
  readonly reactions: { readonly emoji: string; readonly userId: string }[]
  pinged: readonly string[]
}

/** Guilds, conversations, messages and files: what stays when the server restarts. All bots live in the same one. */
export interface World {
  readonly guilds: Map<string, GuildState>
  readonly channels: Map<string, ChannelState>
  readonly files: Map<string, UploadedFile>
  /** The conversation that a route names, or the refusal that Discord gives. */
  viewable(channelId: string, bot: DiscordUser): ChannelState
  writable(channelId: string, bot: DiscordUser): ChannelState
  directChannel(bot: DiscordUser, person: DiscordUser): ChannelState
  storeMessage(message: DiscordMessage, pinged: readonly string[]): MessageEntry
  storeFile(channelId: string, file: UploadedFile, origin: string): DiscordAttachment
  shown(channelId: string): readonly ShownDiscordMessage[]
}

export function createWorld(): World {
  const guilds = new Map<string, GuildState>()
  const channels = new Map<string, ChannelState>()
  const files = new Map<string, UploadedFile>()

  const viewable: World['viewable'] = (channelId, bot) => {
    const state = channels.get(channelId)
    if (!state) return refuse(404, 10_003, 'Unknown Channel')
    const { guild_id: guildId = '' } = state.channel
    const isStranger =
      (state.botId !== undefined && state.botId !== bot.id) ||
      guilds.get(guildId)?.without.has(bot.id) === true
    if (isStranger || state.closedTo === 'viewing') return refuse(403, 50_001, 'Missing Access')
    return state
  }

  return {
    guilds,
    channels,
    files,
    viewable,
    writable(channelId, bot) {
      const state = viewable(channelId, bot)
      if (state.closedTo === 'sending') {
        return state.botId === undefined
          ? refuse(403, 50_013, 'Missing Permissions')
          : refuse(403, 50_007, 'Cannot send messages to this user')
      }
      return state
    },
    directChannel(bot, person) {
      const known = [...channels.values()].find(
        ({ botId, channel }) => botId === bot.id && channel.recipients?.[0]?.id === person.id,
      )
      if (known) return known
      const channel: DiscordChannel = {
        id: snowflake(),
        type: channelTypes.dm,
        recipients: [person],
        last_message_id: null,
      }
      const state: ChannelState = {
        channel,
        messages: new Map(),
        closedTo: 'nothing',
        botId: bot.id,
      }
      channels.set(channel.id, state)
      return state
    },
    storeMessage(message, pinged) {
      const state = channels.get(message.channel_id)
      if (!state) throw new Error(`There is no channel ${message.channel_id}`)
      const entry: MessageEntry = { message, history: [], reactions: [], pinged }
      state.messages.set(message.id, entry)
      const last = state.channel.last_message_id
      if (last === null || BigInt(last) < BigInt(message.id)) {
        state.channel = { ...state.channel, last_message_id: message.id }
      }
      return entry
    },
    storeFile(channelId, file, origin) {
      const id = snowflake()
      const path = `/attachments/${channelId}/${id}/${encodeURIComponent(file.name)}`
      files.set(path, file)
      const type = mediaTypes[file.name.split('.').at(-1) ?? '']
      return {
        id,
        filename: file.name,
        size: file.data.length,
        url: `${origin}${path}?ex=1&is=1&hm=1`,
        proxy_url: `${origin}${path}`,
        ...(type === undefined ? {} : { content_type: type }),
      }
    },
    shown: (channelId) => [...(channels.get(channelId)?.messages.values() ?? [])].map(toShown),
  }
}

function toShown({ message, history, reactions, pinged }: MessageEntry): ShownDiscordMessage {
  const text = visibleText(message.content)
  return { id: message.id, text, message, history, reactions, pinged }
}

const mediaTypes: Readonly<Record<string, string>> = {
  txt: 'text/plain; charset=utf-8',
  pdf: 'application/pdf',
  jpg: 'image/jpeg',
  png: 'image/png',
  ogg: 'audio/ogg',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
}
