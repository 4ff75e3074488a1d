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
}

/** What holds where a message came from. */
export interface RoomSettings extends GroupSettings {
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

/** A room's own entry over those of the rooms around it, nearest first, over `*`: a thread inherits what its room has. */
export function roomSettings(
  { groups, allowBots = false, maxBotTurns = 5 }: RoomDefaults,
  { peer, parents = [] }: Pick<Envelope, 'peer' | 'parents'>,
): RoomSettings {
  const around = parents.map(({ id }) => id).toReversed()
  const names = peer.kind === 'dm' ? [] : ['*', ...around, peer.id]
  const listed = names.filter((id) => Object.hasOwn(groups, id))
  const own: GroupSettings = Object.assign({}, ...listed.map((id) => groups[id]))
  return {
    ...own,
    allowBots: own.allowBots ?? allowBots,
    maxBotTurns: own.maxBotTurns ?? maxBotTurns,
    listedAs: listed.at(-1),
    toolsIn: listed.findLast((id) => groups[id]?.tools !== undefined),
  }
}

/** The same for the account that a message came to. */
export function roomOf(
  snapshot: Pick<Snapshot, 'admission'>,
  envelope: Pick<Envelope, 'channel' | 'accountId' | 'peer' | 'parents'>,
): RoomSettings {
  const policy = snapshot.admission(envelope.channel, envelope.accountId)
  return roomSettings(policy ?? { groups: {} }, envelope)
}
