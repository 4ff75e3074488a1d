import type { DmScope } from '@junctor/session-key'
import type { IdentityIndex } from './identity-links.ts'
import type { PolicyRule } from './policies.ts'
import type { BindingReference } from './router-contract.ts'
import type { Rule } from './rules.ts'
import { createSpeaker, type Speaker } from './speaker.ts'

/** What a lookup ends at. `position` decides between entries of equal rank. */
export interface Entry {
  readonly kind: 'entry'
  /** Undefined for every account. */
  readonly accountId: string | undefined
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

/** Several entries of one place: those that name an account apart from those for any. */
export interface Slot {
  readonly kind: 'slot'
  any: Cell | undefined
  readonly accounts: Map<string, Cell>
}

/** Most places have one binding and no further condition: then the entry itself, and no structure around it. */
export type Place = Entry | Slot

export interface GuildPlaces {
  own: Place | undefined
  roles: Map<string, Place> | undefined
}

/** All bindings of one channel. */
export interface ChannelTable {
  readonly direct: Map<string, Place>
  readonly rooms: Map<string, Place>
  everyDirect: Place | undefined
  everyRoom: Place | undefined
  readonly guilds: Map<string, GuildPlaces>
  readonly teams: Map<string, Place>
  accounts: Map<string, Entry> | undefined
  everyone: Entry | undefined
  /** The agent for what no binding catches. */
  readonly fallback: Speaker
  readonly people: ReadonlyMap<string, string> | undefined
  /** Those for this channel and those for every one, in the order of the file. */
  readonly policies: readonly PolicyRule[]
}

export interface TableOptions {
  readonly rules: readonly Rule[]
  readonly policies: readonly PolicyRule[]
  readonly identities: IdentityIndex
  readonly defaultAgentId: string
  readonly mainKey: string
  readonly dmScope: DmScope
}

/** One pass over the rules. */
export function buildTables(options: TableOptions): Map<string, ChannelTable> {
  const { rules, policies, identities, defaultAgentId, mainKey } = options
  const tables = new Map<string, ChannelTable>()
  const speakers = new Map<string, Map<string, Speaker>>()

  const tableOf = (channel: string): ChannelTable =>
    getOrAdd(tables, channel, () => ({
      direct: new Map(),
      rooms: new Map(),
      everyDirect: undefined,
      everyRoom: undefined,
      guilds: new Map(),
      teams: new Map(),
      accounts: undefined,
      everyone: undefined,
      fallback: createSpeaker(defaultAgentId, channel, mainKey),
      people: identities.get(channel),
      policies: policies.filter((policy) => (policy.channel ?? channel) === channel),
    }))

  for (const channel of identities.keys()) tableOf(channel)
  for (const { channel } of policies) if (channel !== undefined) tableOf(channel)
  for (const [position, rule] of rules.entries()) {
    const { accountId, agentId, channel, reference } = rule
    const ofChannel = getOrAdd(speakers, channel, () => new Map<string, Speaker>())
    const speaker = getOrAdd(ofChannel, agentId, () => createSpeaker(agentId, channel, mainKey))
    const dmScope = rule.dmScope ?? options.dmScope
    insert(tableOf(channel), rule, {
      kind: 'entry',
      accountId,
      position,
      reference,
      speaker,
      dmScope,
    })
  }
  return tables
}

type Conditions = Pick<Rule, 'guildId' | 'roles' | 'teamId'>

function insert(table: ChannelTable, rule: Rule, entry: Entry): void {
  const { peer, guildId, teamId, roles, accountId } = rule
  if (peer?.id === '*' && peer.kind === 'dm') {
    table.everyDirect = join(table.everyDirect, entry, rule)
  } else if (peer?.id === '*') {
    table.everyRoom = join(table.everyRoom, entry, rule)
  } else if (peer !== undefined) {
    joinAt(peer.kind === 'dm' ? table.direct : table.rooms, peer.id, entry, rule)
  } else if (guildId !== undefined) {
    const guild = getOrAdd(table.guilds, guildId, newGuild)
    const conditions = { guildId: undefined, roles: undefined, teamId }
    if (roles === undefined) guild.own = join(guild.own, entry, conditions)
    for (const role of roles ?? []) joinAt((guild.roles ??= new Map()), role, entry, conditions)
  } else if (teamId !== undefined) {
    joinAt(table.teams, teamId, entry, { guildId: undefined, roles: undefined, teamId: undefined })
  } else if (accountId === undefined) {
    table.everyone ??= entry
  } else {
    getOrAdd((table.accounts ??= new Map()), accountId, () => entry)
  }
}

function joinAt(
  places: Map<string, Place>,
  id: string,
  entry: Entry,
  conditions: Conditions,
): void {
  const known = places.get(id)
  const place = join(known, entry, conditions)
  if (place !== known) places.set(id, place)
}

function join(known: Place | undefined, entry: Entry, conditions: Conditions): Place {
  const { guildId, roles, teamId } = conditions
  const isBare = guildId === undefined && teamId === undefined
  if (known === undefined && isBare) return entry
  if (known?.kind === 'entry' && isBare && known.accountId === entry.accountId) return known

  const slot = known?.kind === 'slot' ? known : newSlot()
  if (known?.kind === 'entry') cellOf(slot, known.accountId).first = known
  const cell = cellOf(slot, entry.accountId)
  const guild =
    guildId === undefined ? cell : getOrAdd((cell.guilds ??= new Map()), guildId, newCell)
  if (roles === undefined) keepFirst(guild, teamId, entry)
  for (const role of roles ?? []) {
    keepFirst(getOrAdd((guild.roles ??= new Map()), role, newCell), teamId, entry)
  }
  return slot
}

function keepFirst(cell: Cell, teamId: string | undefined, entry: Entry): void {
  const end = teamId === undefined ? cell : getOrAdd((cell.teams ??= new Map()), teamId, newCell)
  end.first ??= entry
}

function cellOf(slot: Slot, accountId: string | undefined): Cell {
  if (accountId === undefined) return (slot.any ??= newCell())
  return getOrAdd(slot.accounts, accountId, newCell)
}

function newSlot(): Slot {
  return { kind: 'slot', any: undefined, accounts: new Map() }
}

function newCell(): Cell {
  return { first: undefined, guilds: undefined, roles: undefined, teams: undefined }
}

function newGuild(): GuildPlaces {
  return { own: undefined, roles: undefined }
}

function getOrAdd<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const value = create()
  map.set(key, value)
  return value
}
