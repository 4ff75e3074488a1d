import type { Capabilities, MessageEnvelope } from '@junctor/channel'
import type { Binding, RouteAnswer } from '@junctor/router'
import { refusal, type Verdict } from './admission.ts'
import type { PairingApproval } from './pairing/approvals.ts'
import type { Snapshot } from './snapshot.ts'

/** Where a message goes. Tier `addressed`: its sender picked the agent, on a surface where people may. */
export interface Route extends Pick<RouteAnswer, 'agentId' | 'sessionKey' | 'binding'> {
  readonly tier: RouteAnswer['tier'] | 'addressed'
}

export function routesOf(
  snapshot: Snapshot,
  capabilities: Capabilities,
  envelope: MessageEnvelope,
): { readonly routes: readonly Route[] } | { readonly refused: Verdict } {
  const { agentId } = envelope
  if (agentId === undefined || capabilities.agentChoice !== true)
    return { routes: snapshot.router.resolveAll(envelope) }
  const prepared = snapshot.agents.get(agentId)
  if (prepared !== undefined) {
    const { sessionKey } = prepared.alone(snapshot.config.session.dmScope).resolve(envelope)
    return { routes: [{ agentId, sessionKey, tier: 'addressed' }] }
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

/** Per-binding and per-agent `allowFrom` can only narrow what admission let in. */
export function narrow(
  snapshot: Snapshot,
  { agentId, binding }: Route,
  { sender }: MessageEnvelope,
): Verdict | undefined {
  const ofBinding = binding === undefined ? undefined : snapshot.config.bindings[binding.index]
  const narrowing = [
    { setting: `bindings[${binding?.index ?? ''}].allowFrom`, list: ofBinding?.allowFrom ?? [] },
    {
      setting: `allowFrom of agent "${agentId}"`,
      list: snapshot.agents.get(agentId)?.allowFrom ?? [],
    },
  ]
  for (const { setting, list } of narrowing)
    if (list.length > 0 && !list.includes('*') && !list.includes(sender.id))
      return refusal('allowFrom', `${sender.id} is not in ${setting}`)
  return undefined
}

/** One clause on why this agent got the message. */
export function describeRoute({ tier, binding }: Route, bindings: readonly Binding[]): string {
  if (tier === 'addressed') return 'its sender picked this agent'
  if (tier === 'default') return 'no binding fits, so the default agent answers'
  if (tier === 'broadcast') return 'it is one of the agents of a broadcast group'
  if (binding === undefined) return `tier ${tier} chose it`
  const { index, id } = binding
  const name = id === undefined ? `bindings[${index}]` : `bindings[${index}] ("${id}")`
  const match = bindings[index]?.match
  return `${name} won in tier ${tier}${match === undefined ? '' : ` with ${JSON.stringify(match)}`}`
}
