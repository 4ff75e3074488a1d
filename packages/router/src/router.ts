import { accountFor } from './account-for.ts'
import type { RouterConfig } from './config.ts'
import { RouterError } from './errors.ts'
import { explain } from './explanation.ts'
import { readFallbacks } from './fallbacks.ts'
import { indexIdentityLinks } from './identity-links.ts'
import { lint } from './lint.ts'
import { findPolicy, readPolicies, type PolicyRule } from './policies.ts'
import { checkAgents, readBroadcast, readRoster } from './roster.ts'
import { answerUnbound, route } from './route.ts'
import type { RouteAnswer, RouteFacts, RouteInput, Router } from './router-contract.ts'
import { checkDmScope, defaultAccountsOf, readRules, show } from './rules.ts'
import { createSpeaker, writeSessionKey } from './speaker.ts'
import { standInFor } from './stand-in.ts'
import { buildTables, type ChannelTable } from './table.ts'

/**
 * Turns a roster and its bindings into a router. One pass; call it when the configuration changes, never per message.
 *
 * @throws RouterError when the configuration says something that no message could be routed by.
 */
export function compileRouter(config: RouterConfig): Router {
  const roster = readRoster(config.agents)
  const rules = readRules(config)
  checkAgents(roster, rules, config)
  const broadcast = readBroadcast(config.broadcast)
  const fallbacks = readFallbacks(config.agents)
  const policies = readPolicies(config, roster)
  const everywhere = policies.filter(({ channel }) => channel === undefined)
  const { onUnavailable = 'fallback' } = config
  checkOnUnavailable(onUnavailable)
  const { mainKey = 'main', dmScope = 'main', identityLinks } = config.session ?? {}
  checkDmScope(dmScope, 'session.dmScope')
  if (mainKey.trim() === '') {
    throw new RouterError('INVALID_ID', 'session.mainKey is blank. Give it a name, or remove it.')
  }
  const identities = indexIdentityLinks(identityLinks)
  const defaultAgentId = roster.defaultId
  const tables = buildTables({ rules, policies, identities, defaultAgentId, mainKey, dmScope })

  function tableOf(channel: string): ChannelTable | undefined {
    return tables.get(channel) ?? tables.get(channel.toLowerCase())
  }

  function resolve(input: RouteInput, facts: RouteFacts = noFacts): RouteAnswer {
    const table = tableOf(input.channel)
    const answer = choose(input, facts, table)
    if (facts.agentStates === undefined || facts.agentStates.size === 0) return answer
    const group = broadcast.get(input.peer.id)
    return withStandIn(answer, input, facts, group === undefined ? undefined : new Set(group))
  }

  function choose(
    input: RouteInput,
    facts: RouteFacts,
    table: ChannelTable | undefined,
  ): RouteAnswer {
    if (broadcast.size > 0) {
      const [first] = broadcast.get(input.peer.id) ?? []
      if (first !== undefined) return answerFor(first, input, 'broadcast')
    }
    const answer =
      table === undefined
        ? answerFor(defaultAgentId, input, 'default')
        : route(table, input, dmScope)
    if (policies.length === 0 || answer.tier !== 'default') return answer
    const policy = findPolicy(table?.policies ?? everywhere, input, facts)
    if (policy === undefined) return answer
    return { ...answerFor(policy.agentId, input, 'policy'), policy: policy.reference }
  }

  function resolveAll(input: RouteInput, facts: RouteFacts = noFacts): readonly RouteAnswer[] {
    const agentIds = broadcast.get(input.peer.id)
    if (agentIds === undefined) return [resolve(input, facts)]
    const taken = new Set(agentIds)
    return agentIds.map((agentId) => {
      const answer = withStandIn(answerFor(agentId, input, 'broadcast'), input, facts, taken)
      // Whoever stands in for one of the group answers once.
      taken.add(answer.agentId)
      return answer
    })
  }

  function answerFor(
    agentId: string,
    input: RouteInput,
    tier: 'broadcast' | 'policy' | 'default',
  ): RouteAnswer {
    const speaker = createSpeaker(agentId, input.channel.toLowerCase(), mainKey)
    return answerUnbound(speaker, input, tier, dmScope, tableOf(input.channel)?.people)
  }

  function withStandIn(
    answer: RouteAnswer,
    input: RouteInput,
    { agentStates }: RouteFacts,
    taken?: ReadonlySet<string>,
  ): RouteAnswer {
    if (agentStates === undefined) return answer
    const chain = chainOf(answer.agentId, policyOf(answer))
    const found = standInFor(answer.agentId, chain, agentStates, taken)
    if (found.agentId === answer.agentId) return { ...answer, ...found }
    const speaker = createSpeaker(found.agentId, input.channel.toLowerCase(), mainKey)
    const bound = answer.binding === undefined ? undefined : rules[answer.binding.index]
    const scope = bound?.dmScope ?? dmScope
    const people = tableOf(input.channel)?.people
    const sessionKey = writeSessionKey(speaker, input, scope, people)
    return { ...answer, ...found, sessionKey, mainSessionKey: speaker.mainSessionKey }
  }

  function policyOf({ policy }: RouteAnswer): PolicyRule | undefined {
    return policy === undefined ? undefined : policies[policy.index]
  }

  /** What a policy says for itself holds always, the fallback of an agent only where it is wanted. */
  function chainOf(agentId: string, policy: PolicyRule | undefined): readonly string[] {
    const own = onUnavailable === 'fallback' ? (fallbacks.get(agentId) ?? []) : []
    return policy === undefined ? own : [...policy.standIns, ...own]
  }

  const defaultAccounts = defaultAccountsOf(config)
  return {
    resolve,
    resolveAll,
    explain: (input, facts = noFacts) =>
      explain({ rules, policies }, input, facts, resolve(input, facts)),
    accountFor: (agentId, target) =>
      accountFor({ rules, roster, broadcast, defaultAccounts, resolveAll }, agentId, target),
    standInFor: (agentId, states) => standInFor(agentId, chainOf(agentId, undefined), states),
    lint: () => lint(rules, resolve),
  }
}

const noFacts: RouteFacts = {}

function checkOnUnavailable(choice: string): void {
  if (choice === 'fallback' || choice === 'queue' || choice === 'reject') return
  throw new RouterError(
    'INVALID_POLICY',
    `onUnavailable is ${show(choice)}; it must be "fallback", "queue" or "reject".`,
  )
}
