import type { Envelope } from '@junctor/channel'

/** What the config says about one room. */
export interface GroupSettings {
  readonly enabled?: boolean | undefined
  readonly requireMention?: boolean | undefined
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
