import { accountFor } from './account-for.ts'
import type { RouterConfig } from './config.ts'
import { RouterError } from './errors.ts'
import { explain } from './explanation.ts'
import { indexIdentityLinks } from './identity-links.ts'
import { lint } from './lint.ts'
import { checkAgents, readBroadcast, readRoster } from './roster.ts'
import { answerUnbound, route } from './route.ts'
import type { RouteAnswer, RouteInput, Router } from './router-contract.ts'
import { checkDmScope, defaultAccountsOf, readRules } from './rules.ts'
import { createSpeaker } from './speaker.ts'
import { buildTables, type ChannelTable } from './table.ts'

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
  if (mainKey.trim() === '') {
    throw new RouterError('INVALID_ID', 'session.mainKey is blank. Give it a name, or remove it.')
  }
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
    return answerUnbound(speaker, input, 'default', dmScope, undefined)
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
    return answerUnbound(speaker, input, 'broadcast', dmScope, table?.people)
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
