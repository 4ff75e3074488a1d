import { ChannelType, type APIChannel } from '@discordjs/core'
import { ChannelError, type ChannelHost } from '@junctor/channel'
import type { Calls } from './calls.ts'

/**
 * Private conversations: people have ids, and so have the channels to them. The newest ones are written down, because
 * Discord does not list them and what was missed must be looked for in each.
 */
export interface Directs {
  channelOf(userId: string, signal: AbortSignal): Promise<string>
  userOf(channelId: string, signal: AbortSignal): Promise<string>
  remember(userId: string, channelId: string): Promise<void>
  /** Channel ids, the newest conversation first. */
  channels(): readonly string[]
}

const key = 'directs'
const mostKept = 200

export async function readDirects(
  host: ChannelHost,
  { api }: Pick<Calls, 'api'>,
): Promise<Directs> {
  /** Oldest first. */
  const channels = new Map(parseSaved(await host.vault.read(key)))
  const users = new Map([...channels].map(([userId, channelId]) => [channelId, userId]))

  const remember = async (userId: string, channelId: string): Promise<void> => {
    const isNewest = [...channels.keys()].at(-1) === userId
    if (isNewest && channels.get(userId) === channelId) return
    channels.delete(userId)
    channels.set(userId, channelId)
    users.set(channelId, userId)
    const [oldest] = channels
    if (channels.size > mostKept && oldest) {
      channels.delete(oldest[0])
      users.delete(oldest[1])
    }
    const bytes = new TextEncoder().encode(JSON.stringify([...channels]))
    await host.vault.write(key, bytes).catch((error: unknown) => {
      host.log.warn({ error }, 'Discord: a private conversation could not be written down')
    })
  }

  return {
    remember,
    channels: () => [...channels.values()].toReversed(),
    async channelOf(userId, signal) {
      const known = channels.get(userId)
      if (known !== undefined) return known
      const { id } = await api.users.createDM(userId, { signal })
      await remember(userId, id)
      return id
    },
    async userOf(channelId, signal) {
      const known = users.get(channelId)
      if (known !== undefined) return known
      const userId = recipientOf(await api.channels.get(channelId, { signal }))
      await remember(userId, channelId)
      return userId
    },
  }
}

function recipientOf(channel: APIChannel): string {
  const [recipient] = channel.type === ChannelType.DM ? (channel.recipients ?? []) : []
  if (recipient) return recipient.id
  throw new ChannelError('discord', 'NOT_FOUND', `${channel.id} is no private conversation.`)
}

function parseSaved(bytes: Uint8Array | undefined): readonly (readonly [string, string])[] {
  if (!bytes) return []
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return Array.isArray(value) ? value.filter(isPair) : []
  } catch {
    return []
  }
}

function isPair(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((id) => typeof id === 'string')
}
