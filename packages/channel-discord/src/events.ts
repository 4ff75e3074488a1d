import {
  GatewayDispatchEvents,
  type APIMessage,
  type GatewayDispatchPayload,
  type GatewayMessageUpdateDispatchData,
  type GatewayReadyDispatchData,
} from '@discordjs/core'
import { ChannelError, type ChannelHost, type Envelope } from '@junctor/channel'
import type { CatchUp } from './catch-up.ts'
import { toDeletion, toEdit, toReaction } from './changes.ts'
import type { Commands } from './commands.ts'
import type { Directory } from './directory.ts'
import type { Lane, Work } from './lane.ts'
import { readSender, toMessage, type IncomingMessage } from './message.ts'
import type { FindPlace, LearnRoles } from './places.ts'
import type { Position } from './position.ts'

export interface EventsOptions {
  readonly host: ChannelHost
  readonly botId: string
  readonly directory: Directory
  readonly position: Position
  readonly findPlace: FindPlace
  readonly learnRoles: LearnRoles
  readonly lane: Lane
  readonly catchUp: CatchUp
  readonly commands: Commands
  readonly maxWaiting: number
  readonly now: () => number
}

/** Puts what the gateway says into the lane, in the order of its numbers. */
export interface Events {
  onReady(data: GatewayReadyDispatchData): void
  onDispatch(payload: GatewayDispatchPayload): void
  /** Whether events were left at Discord because too many were waiting. They come again when the session is resumed. */
  takeOverflow(): boolean
}

export function createEvents(options: EventsOptions): Events {
  const { host, directory, position, lane, catchUp, commands } = options
  const handOver = createHandOver(options)
  let received = position.session()?.sequence ?? 0
  let hasOverflowed = false

  const workFor = (payload: GatewayDispatchPayload): Work => {
    switch (payload.t) {
      case GatewayDispatchEvents.MessageCreate: {
        const { d: message } = payload
        const work = handOver(() =>
          readMessage(options, { message, member: message.member }, message.guild_id),
        )
        return async () => {
          if (catchUp.hasRead(message.id)) return
          await work()
          position.advance(message.id)
          catchUp.note(message.id)
        }
      }
      case GatewayDispatchEvents.MessageUpdate: {
        return handOver(() => readEdit(options, payload.d))
      }
      case GatewayDispatchEvents.MessageDelete: {
        return handOver(() => readDeletions(options, { ...payload.d, ids: [payload.d.id] }))
      }
      case GatewayDispatchEvents.MessageDeleteBulk: {
        return handOver(() => readDeletions(options, payload.d))
      }
      case GatewayDispatchEvents.MessageReactionAdd:
      case GatewayDispatchEvents.MessageReactionRemove: {
        const { t, s, d: reaction } = payload
        const eventId = `${position.session()?.sessionId ?? ''}.${s}`
        const added = t === GatewayDispatchEvents.MessageReactionAdd
        return handOver(async () => {
          const { channel_id: channelId, guild_id: guildId, user_id: userId } = reaction
          const place = await options.findPlace({ channelId, guildId, userId })
          const event = { reaction, added, eventId, nowMs: options.now() }
          return [toReaction(event, place, options.botId)]
        })
      }
      case GatewayDispatchEvents.InteractionCreate: {
        return commands.take(payload.d)
      }
      case GatewayDispatchEvents.GuildCreate: {
        return catchUp.guild(payload.d)
      }
      case GatewayDispatchEvents.GuildDelete: {
        return catchUp.skip(payload.d.id)
      }
      default: {
        return async () => {}
      }
    }
  }

  return {
    onReady(data) {
      received = 0
      hasOverflowed = false
      if (!position.isNew()) lane.push(catchUp.begin(data))
    },
    onDispatch(payload) {
      const sessionId = position.session()?.sessionId
      // A replay brings what is waiting here already.
      if (sessionId === undefined || payload.s <= received) return
      if (hasOverflowed || lane.waiting() >= options.maxWaiting) {
        if (!hasOverflowed) host.log.warn({ waiting: lane.waiting() }, 'Discord events must wait')
        hasOverflowed = true
        return
      }
      received = payload.s
      lane.push(prepare(payload, sessionId))
    },
    takeOverflow() {
      const was = hasOverflowed
      hasOverflowed = false
      return was
    },
  }

  function prepare(payload: GatewayDispatchPayload, sessionId: string): Work {
    let work: Work
    try {
      directory.learn(payload)
      work = workFor(payload)
    } catch (error) {
      skip(host, payload.t, error)
      work = async () => {}
    }
    return async () => {
      await work()
      position.stored(sessionId, payload.s)
    }
  }
}

/** Hands events over one after the other, and goes on after those that were stored when it is tried again. */
function createHandOver({ host }: EventsOptions) {
  return (read: () => Promise<readonly Envelope[]>): Work => {
    let left: Envelope[] | undefined
    return async () => {
      left ??= [...(await readable(host, read))]
      for (let [envelope] = left; envelope; [envelope] = left) {
        await host.receive(envelope)
        left.shift()
      }
    }
  }
}

/** What cannot be read now never can be; only questions to Discord are worth another try. */
async function readable(
  host: ChannelHost,
  read: () => Promise<readonly Envelope[]>,
): Promise<readonly Envelope[]> {
  try {
    return await read()
  } catch (error) {
    if (ChannelError.isInstance(error)) throw error
    skip(host, undefined, error)
    return []
  }
}

function skip(host: ChannelHost, event: string | undefined, error: unknown): void {
  host.log.error({ event, error }, 'Discord event skipped: unreadable')
}

export async function readMessage(
  {
    directory,
    findPlace,
    learnRoles,
    botId,
  }: Pick<EventsOptions, 'directory' | 'findPlace' | 'learnRoles' | 'botId'>,
  incoming: IncomingMessage,
  guildId: string | undefined,
): Promise<readonly Envelope[]> {
  const { id, channel_id: channelId, author } = incoming.message
  const isWebhook = incoming.message.webhook_id !== undefined
  directory.addAuthor(id, readSender(author, incoming.member, botId, isWebhook))
  const place = await findPlace({ channelId, guildId, userId: author.id })
  if (guildId !== undefined && incoming.message.mention_roles.length > 0) await learnRoles(guildId)
  const envelope = toMessage(incoming, place, { botId, directory })
  return envelope ? [envelope] : []
}

async function readEdit(
  { directory, findPlace, botId }: EventsOptions,
  message: GatewayMessageUpdateDispatchData,
): Promise<readonly Envelope[]> {
  const partial: Partial<APIMessage> = message
  const author = directory.author(message.id)
  const userId = partial.author?.id ?? author?.id
  const { channel_id: channelId, guild_id: guildId } = message
  const spot = { channelId, guildId, ...(userId === undefined ? {} : { userId }) }
  const place = await findPlace(spot)
  const edit = toEdit({ message: partial, member: message.member }, place, { botId, author })
  return edit ? [edit] : []
}

async function readDeletions(
  { directory, findPlace, now }: EventsOptions,
  {
    ids,
    channel_id: channelId,
    guild_id: guildId,
  }: {
    readonly ids: readonly string[]
    readonly channel_id: string
    readonly guild_id?: string | undefined
  },
): Promise<readonly Envelope[]> {
  const place = await findPlace({ channelId, guildId })
  return ids.map((id) => toDeletion(id, place, directory.author(id), now()))
}
