import type { Capabilities, MessageEnvelope } from '@junctor/channel'
import type { RouteAnswer, RouteFacts } from '@junctor/router'
import { parseSessionKey, sessionKey as writeSessionKey } from '@junctor/session-key'
import { refusal, type Verdict } from './admission.ts'
import type { PairingApproval } from './pairing/approvals.ts'
import type { RoutingRules } from './rules.ts'
import type { Snapshot } from './snapshot.ts'

/** Where a message goes. Tier `addressed`: its sender picked the agent, on a surface where people may. */
export interface Route extends Pick<
  RouteAnswer,
  'agentId' | 'sessionKey' | 'binding' | 'policy' | 'insteadOf' | 'unavailable'
> {
  readonly tier: RouteAnswer['tier'] | 'addressed'
}

export function routesOf(
  snapshot: Snapshot,
  capabilities: Capabilities,
  envelope: MessageEnvelope,
  facts: RouteFacts,
): { readonly routes: readonly Route[] } | { readonly refused: Verdict } {
  const { agentId } = envelope
  if (agentId === undefined || capabilities.agentChoice !== true)
    return { routes: snapshot.router.resolveAll(envelope, facts) }
  const found = snapshot.router.standInFor(agentId, facts.agentStates ?? new Map())
  const prepared = snapshot.agents.get(found.agentId)
  if (prepared !== undefined) {
    const { sessionKey } = prepared.alone(snapshot.config.session.dmScope).resolve(envelope)
    return { routes: [{ ...found, sessionKey, tier: 'addressed' }] }
  }
  const known = [...snapshot.agents.keys()].join(', ')
  return {
    refused: refusal('agents.list', `there is no agent "${agentId}" (agents.list has ${known})`),
  }
}

/** Somebody let in by pairing has a conversation of their own where others share one, unless the approval says otherwise. */
export function apart(
  snapshot: Snapshot,
  route: Route,
  approval: PairingApproval | undefined,
  envelope: MessageEnvelope,
): Route {
  const agent = snapshot.agents.get(route.agentId)
  if (approval?.session !== 'own' || agent === undefined) return route
  if (route.sessionKey !== agent.alone('main').resolve(envelope).sessionKey) return route
  const { sessionKey } = agent.alone('per-account-channel-peer').resolve(envelope)
  return { ...route, sessionKey }
}

/** Who stands in for another agent answers only those whom it may answer itself; for anyone else nobody stands in. */
export function withoutForbiddenStandIn(
  snapshot: Snapshot,
  route: Route,
  { sender }: MessageEnvelope,
): Route {
  const { insteadOf, ...rest } = route
  if (insteadOf === undefined || allows(snapshot.agents.get(route.agentId)?.allowFrom, sender.id))
    return route
  const { agentId, state } = insteadOf
  return { ...rest, ...inPlaceOf(route.sessionKey, agentId), unavailable: state }
}

/** The same conversation with another agent. */
export function inPlaceOf(
  sessionKey: string,
  agentId: string,
): Pick<Route, 'agentId' | 'sessionKey'> {
  return { agentId, sessionKey: writeSessionKey({ ...parseSessionKey(sessionKey), agentId }) }
}

/** The agent that the rules chose, and its session, whoever stands in for it now. */
export function chosenIn({
  agentId,
  sessionKey,
  insteadOf,
}: Route): Pick<Route, 'agentId' | 'sessionKey'> {
  return insteadOf === undefined
    ? { agentId, sessionKey }
    : inPlaceOf(sessionKey, insteadOf.agentId)
}

/** Per-binding and per-agent `allowFrom` can only narrow what admission let in. */
export function narrow(
  snapshot: Snapshot,
  { agentId, binding, insteadOf }: Route,
  { sender }: MessageEnvelope,
): Verdict | undefined {
  const narrowing = [
    ...(binding === undefined
      ? []
      : [
          {
            setting: `${binding.origin ?? `bindings[${binding.index}]`}.allowFrom`,
            list: snapshot.config.bindings[binding.index]?.allowFrom ?? [],
          },
        ]),
    ...[agentId, ...(insteadOf === undefined ? [] : [insteadOf.agentId])].map((id) => ({
      setting: `allowFrom of agent "${id}"`,
      list: snapshot.agents.get(id)?.allowFrom ?? [],
    })),
  ]
  for (const { setting, list } of narrowing)
    if (!allows(list, sender.id)) return refusal('allowFrom', `${sender.id} is not in ${setting}`)
  return undefined
}

function allows(list: readonly string[] = [], senderId: string): boolean {
  return list.length === 0 || list.includes('*') || list.includes(senderId)
}

/** One clause on why this agent got the message. */
export function describeRoute(
  route: Route,
  rules: Pick<RoutingRules, 'bindings' | 'policies'>,
): string {
  const { insteadOf } = route
  const chosen = describeChoice(route, rules)
  return insteadOf === undefined
    ? chosen
    : `${chosen}, and stands in for agent "${insteadOf.agentId}", which is ${insteadOf.state}`
}

function describeChoice(
  { tier, binding, policy }: Route,
  { bindings, policies = [] }: Pick<RoutingRules, 'bindings' | 'policies'>,
): string {
  if (tier === 'addressed') return 'its sender picked this agent'
  if (tier === 'default') return 'no binding fits, so the default agent answers'
  if (tier === 'broadcast') return 'it is one of the agents of a broadcast group'
  if (policy !== undefined) {
    const when = policies[policy.index]?.when
    return `no binding fits, and ${nameOf('policies', policy)} does${when === undefined ? '' : ` with ${JSON.stringify(when)}`}`
  }
  if (binding === undefined) return `tier ${tier} chose it`
  const name = nameOf('bindings', binding)
  const match = bindings[binding.index]?.match
  return `${name} won in tier ${tier}${match === undefined ? '' : ` with ${JSON.stringify(match)}`}`
}

function nameOf(list: string, { index, id, origin }: NonNullable<Route['binding']>): string {
  const place = origin ?? `${list}[${index}]`
  return id === undefined ? place : `${place} ("${id}")`
}
