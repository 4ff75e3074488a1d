import type { ChannelHost, EnvelopeBase, Peer } from '@junctor/channel'
import { hasCode } from '@junctor/errors'
import type { Calls } from './calls.ts'
import { isThread, type Directory, type Room } from './directory.ts'
import type { Directs } from './directs.ts'

/** Where an event happened, as an envelope says it. */
export type Place = Pick<
  EnvelopeBase,
  'channel' | 'accountId' | 'peer' | 'threadId' | 'parents' | 'guildId'
>

export interface PlacesOptions {
  readonly host: ChannelHost
  readonly calls: Calls
  readonly directory: Directory
  readonly directs: Directs
  readonly botId: string
  readonly signal: AbortSignal
}

export interface Spot {
  readonly channelId: string
  /** Undefined in private conversations. */
  readonly guildId: string | undefined
  /** Who did it, where that is known. */
  readonly userId?: string
}

/** Rejects with a `ChannelError` when Discord has to be asked and does not answer. */
export type FindPlace = (spot: Spot) => Promise<Place>

/** Asks for the roles of a guild that no event has told of. */
export type LearnRoles = (guildId: string) => Promise<void>

export function createLearnRoles({ calls, directory, signal }: PlacesOptions): LearnRoles {
  return async (guildId) => {
    if (directory.knowsRoles(guildId)) return
    const roles = await calls
      .run('roles', signal, (joined) => calls.api.guilds.getRoles(guildId, { signal: joined }))
      .catch((error: unknown) => {
        if (hasCode(error, 'NOT_FOUND', 'FORBIDDEN')) return []
        throw error
      })
    directory.learnRoles(guildId, roles)
  }
}

/** A thread belongs to its channel: `peer` is the channel, `threadId` the thread, and `parents` holds the category. */
export function createFindPlace(options: PlacesOptions): FindPlace {
  const { host, calls, directory, directs, botId, signal } = options
  const base = { channel: 'discord', accountId: host.accountId }

  const ask = async (id: string, guildId: string): Promise<Room | undefined> => {
    try {
      const channel = await calls.run('channel', signal, (joined) =>
        calls.api.channels.get(id, { signal: joined }),
      )
      const parentId = 'parent_id' in channel ? channel.parent_id : undefined
      const room = { id, guildId, type: channel.type, ...(parentId ? { parentId } : {}) }
      directory.addRoom(room)
      return room
    } catch (error) {
      // A room that is gone or hidden is still the room it was.
      if (hasCode(error, 'NOT_FOUND', 'FORBIDDEN')) return undefined
      throw error
    }
  }

  const findRoom = async (id: string, guildId: string): Promise<Room | undefined> =>
    directory.room(id) ?? ask(id, guildId)

  return async ({ channelId, guildId, userId }) => {
    if (guildId === undefined) {
      const isKnown = userId !== undefined && userId !== botId
      if (isKnown) await directs.remember(userId, channelId)
      const id = isKnown
        ? userId
        : await calls.run('channel', signal, (joined) => directs.userOf(channelId, joined))
      return { ...base, peer: { kind: 'dm', id } }
    }
    const room = await findRoom(channelId, guildId)
    if (!room?.parentId || !isThread(room)) {
      return { ...base, peer: toPeer(channelId), ...parents(room?.parentId), guildId }
    }
    const around = await findRoom(room.parentId, guildId)
    return {
      ...base,
      peer: toPeer(room.parentId),
      threadId: channelId,
      ...parents(around?.parentId),
      guildId,
    }
  }
}

function toPeer(id: string): Peer {
  return { kind: 'channel', id }
}

function parents(id: string | undefined): Pick<Place, 'parents'> {
  return id === undefined ? {} : { parents: [toPeer(id)] }
}
