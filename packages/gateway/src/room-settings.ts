import type { Envelope } from '@junctor/channel'
import type { ToolRules } from '@junctor/config'
import type { Snapshot } from './snapshot.ts'

/** What the config says about one room. */
export interface GroupSettings {
  /** Default: true. */
  readonly enabled?: boolean | undefined
  /** Default: true. */
  readonly requireMention?: boolean | undefined
  readonly allowFrom?: readonly string[] | undefined
  readonly historyLimit?: number | undefined
  readonly allowBots?: boolean | undefined
  readonly maxBotTurns?: number | undefined
  readonly tools?: ToolRules | undefined
  /** Thread id → what holds there in place of the room's own. */
  readonly topics?: { readonly [threadId: string]: Omit<GroupSettings, 'tools' | 'topics'> }
}

/** Where something was said, as far as rooms are told apart. */
type RoomPlace = Pick<Envelope, 'peer' | 'parents' | 'guildId' | 'threadId'>

/** What holds where a message came from. */
export interface RoomSettings extends Omit<GroupSettings, 'topics'> {
  /** The most specific entry that speaks of the room; undefined when none does, and in direct conversations. */
  readonly listedAs: string | undefined
  /** The entry that `tools` stands in. */
  readonly toolsIn: string | undefined
  readonly allowBots: boolean
  readonly maxBotTurns: number
}

/** The part of an account's settings that rooms refine. */
export interface RoomDefaults {
  readonly groups: { readonly [id: string]: GroupSettings }
  /** Whether bots are answered like people. Default: false. */
  readonly allowBots?: boolean
  /** Turns in a row that bots may begin until a person speaks. Default: 5. */
  readonly maxBotTurns?: number
}

/**
 * A room's own entry over those of the rooms around it, nearest first, over that of its guild, over `*`: a thread inherits what
 * its room has, unless it is one of the room's `topics`.
 */
export function roomSettings(
  { groups, allowBots = false, maxBotTurns = 5 }: RoomDefaults,
  { peer, parents = [], guildId, threadId }: RoomPlace,
): RoomSettings {
  const around = parents.map(({ id }) => id).toReversed()
  const guild = guildId === undefined ? [] : [`guild:${guildId}`]
  const names = peer.kind === 'dm' ? [] : ['*', ...guild, ...around, peer.id]
  const listed = names.filter((id) => Object.hasOwn(groups, id))
  const { topics = {}, ...room }: GroupSettings = Object.assign(
    {},
    ...listed.map((id) => groups[id]),
  )
  const isTopic = threadId !== undefined && Object.hasOwn(topics, threadId)
  const own = { ...room, ...(isTopic ? topics[threadId] : {}) }
  return {
    ...own,
    // A room that is switched off is so with all of its topics.
    enabled: room.enabled === false ? false : own.enabled,
    allowBots: own.allowBots ?? allowBots,
    maxBotTurns: own.maxBotTurns ?? maxBotTurns,
    listedAs: listed.at(-1),
    toolsIn: listed.findLast((id) => groups[id]?.tools !== undefined),
  }
}

/** The same for the account that a message came to. */
export function roomOf(
  snapshot: Pick<Snapshot, 'admission'>,
  envelope: RoomPlace & Pick<Envelope, 'channel' | 'accountId'>,
): RoomSettings {
  const policy = snapshot.admission(envelope.channel, envelope.accountId)
  return roomSettings(policy ?? { groups: {} }, envelope)
}
