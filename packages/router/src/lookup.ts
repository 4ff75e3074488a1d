import type { RouteInput, RoutePeer } from './router-contract.ts'
import { isDirect } from './rules.ts'
import type { Cell, ChannelTable, Entry, GuildPlaces, Place } from './table.ts'

// A constant number of map reads for each peer, parent and role of the message, however many bindings there are.

export function findPeer(
  table: ChannelTable,
  input: RouteInput,
  peer: RoutePeer,
): Entry | undefined {
  const place = (isDirect(peer.kind) ? table.direct : table.rooms).get(peer.id)
  return place === undefined ? undefined : pick(place, input)
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

export function findRole(
  guild: GuildPlaces,
  input: RouteInput,
  held: readonly string[],
): Entry | undefined {
  let best: Entry | undefined
  if (guild.roles === undefined) return best
  for (const role of held) {
    const place = guild.roles.get(role)
    if (place !== undefined) best = better(best, pick(place, input))
  }
  return best
}

/** A binding that names the account beats one that does not. */
export function pick(place: Place, input: RouteInput): Entry | undefined {
  if (place.kind === 'entry') {
    return place.accountId === undefined || place.accountId === input.accountId ? place : undefined
  }
  const cell = place.accounts.get(input.accountId)
  const named = cell === undefined ? undefined : firstMatch(cell, input)
  if (named !== undefined || place.any === undefined) return named
  return firstMatch(place.any, input)
}

function firstMatch(cell: Cell, input: RouteInput): Entry | undefined {
  let best = cell.first
  if (cell.teams !== undefined && input.teamId !== undefined) {
    best = better(best, cell.teams.get(input.teamId)?.first)
  }
  if (cell.guilds !== undefined && input.guildId !== undefined) {
    const guild = cell.guilds.get(input.guildId)
    if (guild !== undefined) best = better(best, firstMatch(guild, input))
  }
  if (cell.roles !== undefined && input.roles !== undefined) {
    for (const role of input.roles) {
      const holders = cell.roles.get(role)
      if (holders !== undefined) best = better(best, firstMatch(holders, input))
    }
  }
  return best
}

/** Of two entries that match in one tier: the one that names the account, else the one that stands earlier. */
function better(left: Entry | undefined, right: Entry | undefined): Entry | undefined {
  if (left === undefined || right === undefined) return left ?? right
  const leftNames = left.accountId !== undefined
  if (leftNames !== (right.accountId !== undefined)) return leftNames ? left : right
  return left.position < right.position ? left : right
}
