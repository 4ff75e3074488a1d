import type { Envelope } from '@junctor/channel'
import type { Snapshot } from './snapshot.ts'

/** What the config says about one room. */
export interface GroupSettings {
  readonly enabled?: boolean | undefined
  /** Default: true. */
  readonly requireMention?: boolean | undefined
  readonly historyLimit?: number | undefined
  readonly allowFrom?: readonly string[] | undefined
}

export interface RoomSettings extends GroupSettings {
  /** The most specific entry that speaks of the room; undefined when none does. */
  readonly listedAs: string | undefined
}

/** A room's own entry over those of the rooms around it, nearest first, over `*`: a thread inherits what its room has. */
export function roomSettings(
  { groups }: { readonly groups: { readonly [id: string]: GroupSettings } },
  { peer, parents = [] }: Pick<Envelope, 'peer' | 'parents'>,
): RoomSettings {
  let settings: GroupSettings = {}
  let listedAs: string | undefined
  for (const id of ['*', ...parents.map((parent) => parent.id).toReversed(), peer.id]) {
    if (!Object.hasOwn(groups, id)) continue
    settings = { ...settings, ...groups[id] }
    listedAs = id
  }
  return { ...settings, listedAs }
}

/** The same for the account that a message came to. */
export function roomOf(snapshot: Snapshot, envelope: Envelope): GroupSettings {
  const policy = snapshot.admission(envelope.channel, envelope.accountId)
  return policy === undefined ? {} : roomSettings(policy, envelope)
}
