import type { DmScope } from '@junctor/session-key'
import { findParent, findPeer, findRole, pick } from './lookup.ts'
import type { RouteAnswer, RouteInput, Tier } from './router-contract.ts'
import { isDirect } from './rules.ts'
import { writeSessionKey, type Speaker } from './speaker.ts'
import type { ChannelTable, Entry } from './table.ts'

/** The tiers from the most specific to the default. */
export function route(table: ChannelTable, input: RouteInput, dmScope: DmScope): RouteAnswer {
  const peer = findPeer(table, input, input.peer)
  if (peer !== undefined) return answer(table, input, peer, 'peer')
  if (input.parents !== undefined && input.parents.length > 0) {
    const parent = findParent(table, input, input.parents)
    if (parent !== undefined) return answer(table, input, parent, 'parent-peer')
  }
  const every = isDirect(input.peer.kind) ? table.everyDirect : table.everyRoom
  if (every !== undefined) {
    const wildcard = pick(every, input)
    if (wildcard !== undefined) return answer(table, input, wildcard, 'peer-wildcard')
  }
  const guild = input.guildId === undefined ? undefined : table.guilds.get(input.guildId)
  if (guild !== undefined) {
    const role = input.roles === undefined ? undefined : findRole(guild, input, input.roles)
    if (role !== undefined) return answer(table, input, role, 'guild-roles')
    const own = guild.own === undefined ? undefined : pick(guild.own, input)
    if (own !== undefined) return answer(table, input, own, 'guild')
  }
  const team = input.teamId === undefined ? undefined : table.teams.get(input.teamId)
  if (team !== undefined) {
    const entry = pick(team, input)
    if (entry !== undefined) return answer(table, input, entry, 'team')
  }
  const account = table.accounts?.get(input.accountId)
  if (account !== undefined) return answer(table, input, account, 'account')
  if (table.everyone !== undefined) return answer(table, input, table.everyone, 'channel')
  return answerUnbound(table.fallback, input, 'default', dmScope, table.people)
}

function answer(table: ChannelTable, input: RouteInput, entry: Entry, tier: Tier): RouteAnswer {
  const { speaker } = entry
  return {
    agentId: speaker.agentId,
    accountId: input.accountId,
    sessionKey: writeSessionKey(speaker, input, entry.dmScope, table.people),
    mainSessionKey: speaker.mainSessionKey,
    tier,
    binding: entry.reference,
  }
}

/** An answer that no binding gave. */
export function answerUnbound(
  speaker: Speaker,
  input: RouteInput,
  tier: 'broadcast' | 'policy' | 'default',
  dmScope: DmScope,
  people: ChannelTable['people'],
): RouteAnswer {
  return {
    agentId: speaker.agentId,
    accountId: input.accountId,
    sessionKey: writeSessionKey(speaker, input, dmScope, people),
    mainSessionKey: speaker.mainSessionKey,
    tier,
  }
}
