import { accountFor } from './account-for.ts'
import type { RouterConfig } from './config.ts'
import { explain } from './explanation.ts'
import { indexIdentityLinks } from './identity-links.ts'
import { lint } from './lint.ts'
import { findParent, findPeer, findRole, pick } from './lookup.ts'
import { checkAgents, readBroadcast, readRoster } from './roster.ts'
import type { RouteAnswer, RouteInput, Router, Tier } from './router-contract.ts'
import { checkDmScope, defaultAccountsOf, isDirect, readRules } from './rules.ts'
import { createSpeaker, writeSessionKey, type Speaker } from './speaker.ts'
import { buildTables, type ChannelTable, type Entry } from './table.ts'

/**
 * Turns a roster and its bindings into a router. One pass; call it when the configuration changes, never per message.
 *
 * @throws RouterError when the configuration says something that no message could be routed by.
 */
export function compileRouter(config: RouterConfig): Router {
  const roster = readRoster(config.agents)
  const rules = readRules(config)
  checkAgents(roster, rules, config.broadcast)
  const broadcast = readBroadcast(config.broadcast)
  const { mainKey = 'main', dmScope = 'main', identityLinks } = config.session ?? {}
  checkDmScope(dmScope, 'session.dmScope')
  const identities = indexIdentityLinks(identityLinks)
  const defaultAgentId = roster.defaultId
  const tables = buildTables({ rules, identities, defaultAgentId, mainKey, dmScope })

  function tableOf(channel: string): ChannelTable | undefined {
    return tables.get(channel) ?? tables.get(channel.toLowerCase())
  }

  function resolve(input: RouteInput): RouteAnswer {
    const table = tableOf(input.channel)
    if (broadcast.size > 0) {
      const agentIds = broadcast.get(input.peer.id)
      if (agentIds !== undefined) return broadcastTo(agentIds[0] ?? defaultAgentId, input, table)
    }
    if (table !== undefined) return route(table, input, dmScope)
    const speaker = createSpeaker(defaultAgentId, input.channel.toLowerCase(), mainKey)
    return answerByDefault(speaker, input, dmScope, undefined)
  }

  function resolveAll(input: RouteInput): readonly RouteAnswer[] {
    const agentIds = broadcast.get(input.peer.id)
    if (agentIds === undefined) return [resolve(input)]
    const table = tableOf(input.channel)
    return agentIds.map((agentId) => broadcastTo(agentId, input, table))
  }

  function broadcastTo(
    agentId: string,
    input: RouteInput,
    table: ChannelTable | undefined,
  ): RouteAnswer {
    const speaker = createSpeaker(agentId, input.channel.toLowerCase(), mainKey)
    return {
      agentId,
      accountId: input.accountId,
      sessionKey: writeSessionKey(speaker, input, dmScope, table?.people),
      mainSessionKey: speaker.mainSessionKey,
      tier: 'broadcast',
    }
  }

  const defaultAccounts = defaultAccountsOf(config)
  return {
    resolve,
    resolveAll,
    explain: (input) => explain(rules, input, resolve(input)),
    accountFor: (agentId, target) =>
      accountFor({ rules, roster, broadcast, defaultAccounts, resolveAll }, agentId, target),
    lint: () => lint(rules, resolve),
  }
}

/** The tiers from the most specific to the default. */
function route(table: ChannelTable, input: RouteInput, dmScope: Entry['dmScope']): RouteAnswer {
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
  const account = table.accounts.get(input.accountId)
  if (account !== undefined) return answer(table, input, account, 'account')
  if (table.everyone !== undefined) return answer(table, input, table.everyone, 'channel')
  return answerByDefault(table.fallback, input, dmScope, table.people)
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

function answerByDefault(
  speaker: Speaker,
  input: RouteInput,
  dmScope: Entry['dmScope'],
  people: ChannelTable['people'],
): RouteAnswer {
  return {
    agentId: speaker.agentId,
    accountId: input.accountId,
    sessionKey: writeSessionKey(speaker, input, dmScope, people),
    mainSessionKey: speaker.mainSessionKey,
    tier: 'default',
  }
}
