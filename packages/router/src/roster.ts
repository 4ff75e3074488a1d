import type { RouterAgent, RouterConfig } from './config.ts'
import { RouterError } from './errors.ts'
import { roleOf } from './policies.ts'
import { nameOf, show, type Rule } from './rules.ts'

/** Who may be named, and who answers when nobody is. */
export interface Roster {
  readonly ids: ReadonlySet<string>
  readonly defaultId: string
  /** Role → the agents that have it, in order. */
  readonly roles: ReadonlyMap<string, readonly string[]>
}

export function readRoster(agents: readonly RouterAgent[]): Roster {
  const ids = new Set<string>()
  const defaults: string[] = []
  for (const { id, default: isDefault } of agents) {
    if (typeof id !== 'string' || id.trim() === '') {
      throw new RouterError('INVALID_ID', `agents[${ids.size}].id is ${show(id)}. Give it a name.`)
    }
    if (ids.has(id)) {
      throw new RouterError('DUPLICATE_AGENT', `Two agents are called ${show(id)}. Rename one.`)
    }
    ids.add(id)
    if (isDefault === true) defaults.push(id)
  }
  if (defaults.length > 1) {
    throw new RouterError(
      'DUPLICATE_DEFAULT',
      `${defaults.map(show).join(' and ')} are all marked default: true. Keep one: it answers what no binding catches.`,
    )
  }
  const defaultId = defaults[0] ?? agents[0]?.id ?? 'main'
  return { ids: ids.add(defaultId), defaultId, roles: readRoles(agents) }
}

function readRoles(agents: readonly RouterAgent[]): ReadonlyMap<string, readonly string[]> {
  const byRole = new Map<string, string[]>()
  for (const { id, roles = [] } of agents) {
    for (const role of new Set(roles)) {
      const known = byRole.get(role)
      if (known === undefined) byRole.set(role, [id])
      else known.push(id)
    }
  }
  return byRole
}

/** One error for all of them: a person fixes the list in one go. */
export function checkAgents(
  roster: Roster,
  rules: readonly Rule[],
  { agents, broadcast, policies = [] }: RouterConfig,
): void {
  const unknown: string[] = []
  const look = (where: string, agentId: string): void => {
    if (!roster.ids.has(agentId)) unknown.push(`${where} names ${show(agentId)}`)
  }
  for (const rule of rules) look(nameOf(rule.reference), rule.agentId)
  for (const [peerId, agentIds] of Object.entries(broadcast?.groups ?? {})) {
    for (const agentId of agentIds) look(`broadcast.groups[${show(peerId)}]`, agentId)
  }
  for (const { id, fallback = [] } of agents) {
    for (const agentId of fallback) look(`the fallback of agent ${show(id)}`, agentId)
  }
  for (const [index, { to, when, else: standIns = [] }] of policies.entries()) {
    const role = roleOf(to)
    if (role === undefined) look(`policies[${index}].to`, to)
    else if (!roster.roles.has(role)) {
      unknown.push(`policies[${index}].to names the role ${show(role)}, which no agent has`)
    }
    for (const agentId of standIns) look(`policies[${index}].else`, agentId)
    for (const agentId of Object.keys(when.agentState ?? {})) {
      look(`policies[${index}].when.agentState`, agentId)
    }
  }
  if (unknown.length === 0) return
  throw new RouterError(
    'UNKNOWN_AGENT',
    `Agents that do not exist: ${unknown.join('; ')}. Known agents: ${[...roster.ids].join(', ')}. Add the agent, or change what names it.`,
    { details: { count: unknown.length } },
  )
}

export function readBroadcast(
  broadcast: RouterConfig['broadcast'],
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, readonly string[]>()
  if (broadcast === undefined) return groups
  const strategy: string = broadcast.strategy ?? 'parallel'
  if (strategy !== 'parallel' && strategy !== 'sequential') {
    throw new RouterError(
      'INVALID_BROADCAST',
      `broadcast.strategy is ${show(strategy)}; it must be "parallel" or "sequential".`,
    )
  }
  for (const [peerId, agentIds] of Object.entries(broadcast.groups)) {
    const name = `broadcast.groups[${show(peerId)}]`
    if (peerId.trim() === '') throw new RouterError('INVALID_ID', `${name} has a blank peer id.`)
    if (agentIds.length === 0) {
      throw new RouterError('INVALID_BROADCAST', `${name} lists no agent. Add one or remove it.`)
    }
    if (new Set(agentIds).size < agentIds.length) {
      throw new RouterError('INVALID_BROADCAST', `${name} lists an agent twice. Remove one.`)
    }
    groups.set(peerId, [...agentIds])
  }
  return groups
}
