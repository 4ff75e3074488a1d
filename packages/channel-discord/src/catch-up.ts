import type {
  APIGuildMember,
  APIMessage,
  GatewayGuildCreateDispatchData,
  GatewayReadyDispatchData,
} from '@discordjs/core'
import type { ChannelHost } from '@junctor/channel'
import { hasCode, JunctorError } from '@junctor/errors'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Calls } from './calls.ts'
import type { Directs } from './directs.ts'
import type { Work } from './lane.ts'
import type { IncomingMessage } from './message.ts'
import type { Position } from './position.ts'
import { earlier, isAfter, later, snowflakeAt } from './snowflake.ts'

export interface CatchUpOptions {
  readonly host: ChannelHost
  readonly calls: Calls
  readonly directs: Directs
  readonly position: Position
  /** Hand one message to the host. Rejects when it could not be stored. */
  readonly receive: (incoming: IncomingMessage, guildId: string | undefined) => Promise<void>
  readonly catchUpMs: number
  readonly now: () => number
  readonly signal: AbortSignal
}

/**
 * What was said while no session knew of this account. A new session begins with everything that there is: each place in
 * which something was said after the mark is read from there.
 */
export interface CatchUp {
  /** A new session has begun. The work reads private conversations. */
  begin(ready: GatewayReadyDispatchData): Work
  /** The work reads the channels and threads of a guild, if this session has not read them yet. */
  guild(guild: GatewayGuildCreateDispatchData): Work
  /** The guild does not answer now, so that nothing was said there. */
  skip(guildId: string): Work
  /** Whether a message has been handed over by this catch-up already. */
  hasRead(messageId: string): boolean
  /** A message was handed over as it came, so that it need not be read. */
  note(messageId: string): void
}

interface Missed {
  readonly channelId: string
  readonly guildId?: string
}

const pageSize = 100
/** Ids are not quite in the order of arrival. What is read twice is a duplicate with the same id. */
const overlapMs = 2000
const mostNoted = 1000

export function createCatchUp(options: CatchUpOptions): CatchUp {
  const { host, calls, directs, position, signal } = options
  const read = new Set<string>()
  const noted = new Set<string>()
  let unread = new Set<string>()
  let after = '0'
  let isDirectsRead = true

  const note = (messageId: string): void => {
    noted.add(messageId)
    const [oldest] = noted
    if (noted.size > mostNoted && oldest !== undefined) noted.delete(oldest)
  }

  const finish = (): void => {
    if (isDirectsRead && unread.size === 0) position.release()
  }

  /** Reads on where it stopped when it is called again after a failure. */
  const reading = (places: readonly Missed[], from: string): Work => {
    const left = [...places]
    const members = new Map<string, Promise<APIGuildMember | undefined>>()
    let cursor = from
    return async () => {
      for (let [place] = left; place; [place] = left) {
        const page = await fetchPage(place.channelId, cursor)
        for (const message of page) {
          if (!noted.has(message.id)) {
            const member = await memberOf(place.guildId, message, members)
            await options.receive({ message, member }, place.guildId)
            read.add(message.id)
            note(message.id)
          }
          cursor = later(message.id, cursor)
        }
        if (page.length === pageSize) continue
        left.shift()
        cursor = from
      }
    }
  }

  const fetchPage = async (channelId: string, cursor: string): Promise<readonly APIMessage[]> => {
    try {
      const page = await call((joined) =>
        calls.api.channels.getMessages(
          channelId,
          { after: cursor, limit: pageSize },
          { signal: joined },
        ),
      )
      return page.toSorted((one, other) => (isAfter(one.id, other.id) ? 1 : -1))
    } catch (error) {
      // The list of channels names those too that the bot may not see.
      if (!hasCode(error, 'NOT_FOUND', 'FORBIDDEN')) throw error
      host.log.debug({ channelId, error }, 'Discord: a channel cannot be read')
      return []
    }
  }

  /** Bindings may ask for roles, and messages come without them here. */
  const memberOf = async (
    guildId: string | undefined,
    { author, webhook_id: webhookId }: APIMessage,
    members: Map<string, Promise<APIGuildMember | undefined>>,
  ): Promise<APIGuildMember | undefined> => {
    if (guildId === undefined || webhookId !== undefined) return undefined
    const known = members.get(author.id)
    if (known) return known
    const asked = call((joined) =>
      calls.api.guilds.getMember(guildId, author.id, { signal: joined }),
    ).catch((error: unknown) => {
      members.delete(author.id)
      if (hasCode(error, 'NOT_FOUND', 'FORBIDDEN')) return undefined
      throw error
    })
    members.set(author.id, asked)
    return asked
  }

  const call = async <Result>(
    request: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> => {
    for (;;) {
      try {
        return await calls.run('catch-up', signal, request)
      } catch (error) {
        if (!JunctorError.isInstance(error) || !hasCode(error, 'RATE_LIMITED')) throw error
        await sleep(error.retryAfterMs ?? 1000, undefined, { signal })
      }
    }
  }

  return {
    hasRead: (messageId) => read.has(messageId),
    note,
    begin({ guilds }) {
      position.hold()
      read.clear()
      unread = new Set(guilds.map(({ id }) => id))
      isDirectsRead = false
      const mark = earlier(position.mark() ?? snowflakeAt(options.now()), overlapMs)
      const oldest = snowflakeAt(options.now() - options.catchUpMs)
      if (isAfter(oldest, mark)) {
        host.log.warn(
          { catchUpMs: options.catchUpMs },
          'Discord: what was missed longer ago than `catchUpMs` is left out',
        )
      }
      after = later(mark, oldest)
      const places = directs.channels().map((channelId) => ({ channelId }))
      const work = reading(places, after)
      return async () => {
        await work()
        isDirectsRead = true
        finish()
      }
    },
    guild({ id: guildId, channels, threads, joined_at: joinedAt }) {
      if (!unread.has(guildId)) return async () => {}
      // Before it joined the guild, nobody was speaking to the bot.
      const from = later(after, snowflakeAt(Date.parse(joinedAt)))
      const missed = [...channels, ...threads].flatMap((channel) => {
        const last = 'last_message_id' in channel ? channel.last_message_id : undefined
        return last && isAfter(last, from) ? [{ channelId: channel.id, guildId }] : []
      })
      const work = reading(missed, from)
      return async () => {
        await work()
        unread.delete(guildId)
        finish()
      }
    },
    skip: (guildId) => async () => {
      unread.delete(guildId)
      finish()
    },
  }
}
