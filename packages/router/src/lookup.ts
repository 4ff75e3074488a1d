import type { RouteInput, RoutePeer } from './router-contract.ts'
import { roomKindOf } from './rules.ts'
import type { Cell, ChannelTable, Entry, GuildSlots, Slot } from './table.ts'

// Each function is one tier. All of them answer with a constant number of map reads per peer, parent or role of the message.

export function findPeer(
  table: ChannelTable,
  input: RouteInput,
  peer: RoutePeer,
): Entry | undefined {
  const slot = table.peers[roomKindOf(peer.kind)].get(peer.id)
  return slot === undefined ? undefined : pick(slot, input)
}

export function findParent(
  table: ChannelTable,
  input: RouteInput,
  parents: readonly RoutePeer[],
): Entry | undefined {
  for (const parent of parents) {
    const entry = findPeer(table, input, parent)
    if (entry !== undefined) return entry
  }
  return undefined
}

export function findWildcard(table: ChannelTable, input: RouteInput): Entry | undefined {
  const slot = table.wildcards[roomKindOf(input.peer.kind)]
  return slot === undefined ? undefined : pick(slot, input)
}

export function findRole(
  guild: GuildSlots,
  input: RouteInput,
  held: readonly string[],
): Entry | undefined {
  if (guild.roles === undefined) return undefined
  let named: Entry | undefined
  let any: Entry | undefined
  for (const role of held) {
    const slot = guild.roles.get(role)
    if (slot === undefined) continue
    const cell = namedCell(slot, input.accountId)
    if (cell !== undefined) named = earlier(named, firstMatch(cell, input))
    if (slot.any !== undefined) any = earlier(any, firstMatch(slot.any, input))
  }
  return named ?? any
}

/** A binding that names the account beats one that does not. */
export function pick(slot: Slot, input: RouteInput): Entry | undefined {
  const cell = namedCell(slot, input.accountId)
  const named = cell === undefined ? undefined : firstMatch(cell, input)
  if (named !== undefined || slot.any === undefined) return named
  return firstMatch(slot.any, input)
}

export function namedCell(slot: Slot, accountId: string): Cell | undefined {
  if (slot.account === accountId) return slot.named
  return slot.accounts === undefined ? undefined : slot.accounts.get(accountId)
}

function firstMatch(cell: Cell, input: RouteInput): Entry | undefined {
  let best = cell.first
  if (cell.teams !== undefined && input.teamId !== undefined) {
    best = earlier(best, cell.teams.get(input.teamId)?.first)
  }
  if (cell.guilds !== undefined && input.guildId !== undefined) {
    const guild = cell.guilds.get(input.guildId)
    if (guild !== undefined) best = earlier(best, firstMatch(guild, input))
  }
  if (cell.roles !== undefined && input.roles !== undefined) {
    for (const role of input.roles) {
      const holders = cell.roles.get(role)
      if (holders !== undefined) best = earlier(best, firstMatch(holders, input))
    }
  }
  return best
}

function earlier(left: Entry | undefined, right: Entry | undefined): Entry | undefined {
  if (left === undefined) return right
  return right === undefined || left.position < right.position ? left : right
}
