import type { DmScope } from '@junctor/session-key'
import type { IdentityIndex } from './identity-links.ts'
import type { BindingReference } from './router-contract.ts'
import type { Rule } from './rules.ts'
import { createSpeaker, type Speaker } from './speaker.ts'

/** What a lookup ends at. `position` decides between entries of equal rank. */
export interface Entry {
  readonly position: number
  readonly reference: BindingReference
  readonly speaker: Speaker
  readonly dmScope: DmScope
}

/**
 * Entries that share everything but further conditions, as a tree: guild, then role, then team. Every node keeps the first
 * entry of the file alone: the later ones can never win.
 */
export interface Cell {
  first: Entry | undefined
  guilds: Map<string, Cell> | undefined
  roles: Map<string, Cell> | undefined
  teams: Map<string, Cell> | undefined
}

/** Entries that name an account apart from those for any. The first account needs no map: mostly it is the only one. */
export interface Slot {
  any: Cell | undefined
  account: string | undefined
  named: Cell | undefined
  accounts: Map<string, Cell> | undefined
}

export interface GuildSlots {
  own: Slot | undefined
  roles: Map<string, Slot> | undefined
}

/** All bindings of one channel. */
export interface ChannelTable {
  readonly peers: { readonly dm: Map<string, Slot>; readonly room: Map<string, Slot> }
  readonly wildcards: { dm: Slot | undefined; room: Slot | undefined }
  readonly guilds: Map<string, GuildSlots>
  readonly teams: Map<string, Slot>
  readonly rest: Slot
  /** The agent for what no binding catches. */
  readonly fallback: Speaker
  readonly people: ReadonlyMap<string, string> | undefined
}

export interface TableOptions {
  readonly rules: readonly Rule[]
  readonly identities: IdentityIndex
  readonly defaultAgentId: string
  readonly mainKey: string
  readonly dmScope: DmScope
}

/** One pass over the rules. */
export function buildTables(options: TableOptions): Map<string, ChannelTable> {
  const { rules, identities, defaultAgentId, mainKey } = options
  const tables = new Map<string, ChannelTable>()
  const speakers = new Map<string, Map<string, Speaker>>()

  const tableOf = (channel: string): ChannelTable =>
    getOrAdd(tables, channel, () => ({
      peers: { dm: new Map(), room: new Map() },
      wildcards: { dm: undefined, room: undefined },
      guilds: new Map(),
      teams: new Map(),
      rest: newSlot(),
      fallback: createSpeaker(defaultAgentId, channel, mainKey),
      people: identities.get(channel),
    }))

  for (const channel of identities.keys()) tableOf(channel)
  for (const [position, rule] of rules.entries()) {
    const { agentId, channel } = rule
    const ofChannel = getOrAdd(speakers, channel, () => new Map<string, Speaker>())
    const speaker = getOrAdd(ofChannel, agentId, () => createSpeaker(agentId, channel, mainKey))
    const dmScope = rule.dmScope ?? options.dmScope
    insert(tableOf(channel), rule, { position, reference: rule.reference, speaker, dmScope })
  }
  return tables
}

function insert(table: ChannelTable, rule: Rule, entry: Entry): void {
  const { peer, guildId, teamId, roles } = rule
  if (peer !== undefined) {
    const slot =
      peer.id === '*'
        ? (table.wildcards[peer.kind] ??= newSlot())
        : getOrAdd(table.peers[peer.kind], peer.id, newSlot)
    const cell = cellOf(slot, rule)
    const guild =
      guildId === undefined ? cell : getOrAdd((cell.guilds ??= new Map()), guildId, newCell)
    if (roles === undefined) return keepFirst(guild, teamId, entry)
    for (const role of roles) {
      keepFirst(getOrAdd((guild.roles ??= new Map()), role, newCell), teamId, entry)
    }
    return
  }
  if (guildId === undefined) {
    const slot = teamId === undefined ? table.rest : getOrAdd(table.teams, teamId, newSlot)
    return keepFirst(cellOf(slot, rule), undefined, entry)
  }
  const guild = getOrAdd(table.guilds, guildId, () => ({ own: undefined, roles: undefined }))
  if (roles === undefined) return keepFirst(cellOf((guild.own ??= newSlot()), rule), teamId, entry)
  for (const role of roles) {
    keepFirst(cellOf(getOrAdd((guild.roles ??= new Map()), role, newSlot), rule), teamId, entry)
  }
}

function keepFirst(cell: Cell, teamId: string | undefined, entry: Entry): void {
  const end = teamId === undefined ? cell : getOrAdd((cell.teams ??= new Map()), teamId, newCell)
  end.first ??= entry
}

function cellOf(slot: Slot, { accountId }: Rule): Cell {
  if (accountId === undefined) return (slot.any ??= newCell())
  if (slot.account === undefined) slot.account = accountId
  if (slot.account === accountId) return (slot.named ??= newCell())
  return getOrAdd((slot.accounts ??= new Map()), accountId, newCell)
}

function newCell(): Cell {
  return { first: undefined, guilds: undefined, roles: undefined, teams: undefined }
}

function newSlot(): Slot {
  return { any: undefined, account: undefined, named: undefined, accounts: undefined }
}

function getOrAdd<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const value = create()
  map.set(key, value)
  return value
}
