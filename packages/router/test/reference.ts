import { sessionKey, threadOf, type DmScope, type SessionKeyParts } from '@junctor/session-key'
import type {
  Binding,
  Policy,
  RouteFacts,
  RouteInput,
  RoutePeer,
  RouterConfig,
  Tier,
} from '@junctor/router'
import { referencePolicy, referenceStandIn } from './reference-policies.ts'

/** The routing rules as the README tells them, one after the other over the whole list: slow, and easy to believe. */
export function referenceRoute(config: RouterConfig, input: RouteInput, facts: RouteFacts = {}) {
  const chosen = choose(config, input, facts)
  const { binding, index, policy, policyIndex, group, tier } = chosen
  const standIn = referenceStandIn(config, chosen.agentId, facts, policy, group)
  const dmScope = binding?.dmScope ?? config.session?.dmScope ?? 'main'
  const mainKey = config.session?.mainKey ?? 'main'
  const { agentId } = standIn
  return {
    ...standIn,
    accountId: input.accountId,
    sessionKey: sessionKey(partsOf(config, input, agentId, dmScope)),
    mainSessionKey: sessionKey({ kind: 'main', agentId, mainKey }),
    tier,
    ...(index === undefined ? {} : { binding: nameOf(index, binding?.id) }),
    ...(policyIndex === undefined ? {} : { policy: nameOf(policyIndex, policy?.id) }),
  }
}

interface Choice {
  readonly agentId: string
  readonly tier: Tier
  readonly binding?: Binding
  readonly index?: number
  readonly policy?: Policy
  readonly policyIndex?: number
  readonly group?: readonly string[]
}

function choose(config: RouterConfig, input: RouteInput, facts: RouteFacts): Choice {
  const channel = input.channel.toLowerCase()
  const broadcast = Object.entries(config.broadcast?.groups ?? {}).find(
    ([peerId]) => peerId === input.peer.id,
  )
  const [firstOfGroup] = broadcast?.[1] ?? []
  if (firstOfGroup !== undefined)
    return { agentId: firstOfGroup, tier: 'broadcast', group: broadcast?.[1] ?? [] }

  const ranked = config.bindings
    .map((binding, index) => ({ binding, index, rank: rankOf(config, binding, input, channel) }))
    .flatMap(({ binding, index, rank }) =>
      rank === undefined ? [] : [{ binding, index, ...rank }],
    )
    .sort((left, right) => {
      return (
        tiers.indexOf(left.tier) - tiers.indexOf(right.tier) ||
        left.distance - right.distance ||
        Number(right.namesAccount) - Number(left.namesAccount) ||
        left.index - right.index
      )
    })
  const [best] = ranked
  if (best !== undefined) {
    const { binding, index, tier } = best
    return { agentId: binding.agentId, tier, binding, index }
  }
  const found = referencePolicy(config, input, facts)
  if (found === undefined) return { agentId: defaultAgent(config), tier: 'default' }
  const { policy, index } = found
  const role = policy.to.startsWith('role:') ? policy.to.slice(5) : undefined
  const ofRole = config.agents.find(({ roles }) => role !== undefined && roles?.includes(role))
  return { agentId: ofRole?.id ?? policy.to, tier: 'policy', policy, policyIndex: index }
}

function nameOf(index: number, id: string | undefined) {
  return { index, ...(id === undefined ? {} : { id }) }
}

const tiers: readonly Tier[] = [
  'peer',
  'parent-peer',
  'peer-wildcard',
  'guild-roles',
  'guild',
  'team',
  'account',
  'channel',
]

function rankOf(config: RouterConfig, { match }: Binding, input: RouteInput, channel: string) {
  const { peer, guildId, teamId } = match
  const roles = match.roles ?? []
  const accountId = accountOf(config, match, channel)
  const namesAccount = accountId !== '*'
  if (match.channel.toLowerCase() !== channel) return undefined
  if (namesAccount && accountId !== input.accountId) return undefined
  if (guildId !== undefined && guildId !== input.guildId) return undefined
  if (teamId !== undefined && teamId !== input.teamId) return undefined
  if (roles.length > 0 && !roles.some((role) => input.roles?.includes(role))) return undefined
  const at = (tier: Tier, distance = 0) => ({ tier, distance, namesAccount })

  if (peer !== undefined && peer.id === '*') {
    return isDirect(peer) === isDirect(input.peer) ? at('peer-wildcard') : undefined
  }
  if (peer !== undefined) {
    const same = (place: RoutePeer) => place.id === peer.id && isDirect(place) === isDirect(peer)
    if (same(input.peer)) return at('peer')
    const distance = (input.parents ?? []).findIndex(same)
    return distance === -1 ? undefined : at('parent-peer', distance)
  }
  if (guildId !== undefined) return at(roles.length > 0 ? 'guild-roles' : 'guild')
  if (teamId !== undefined) return at('team')
  return at(namesAccount ? 'account' : 'channel')
}

function accountOf(config: RouterConfig, match: Binding['match'], channel: string): string {
  if (match.accountId !== undefined) return match.accountId
  if (config.omittedAccount !== 'default') return '*'
  const entries = Object.entries(config.defaultAccounts ?? {})
  return entries.find(([name]) => name.toLowerCase() === channel)?.[1] ?? 'default'
}

function defaultAgent({ agents }: RouterConfig): string {
  return agents.find((agent) => agent.default === true)?.id ?? agents[0]?.id ?? 'main'
}

function isDirect({ kind }: RoutePeer): boolean {
  return kind === 'dm' || kind === 'direct' || kind === 'private'
}

function partsOf(
  { session }: RouterConfig,
  input: RouteInput,
  agentId: string,
  scope: DmScope,
): SessionKeyParts {
  const channel = input.channel.toLowerCase()
  const { accountId, peer } = input
  const thread = input.threadId === undefined ? {} : { thread: threadOf(channel, input.threadId) }
  if (!isDirect(peer)) {
    const kind = peer.kind === 'channel' ? 'channel' : 'group'
    return { kind, agentId, channel, accountId, id: peer.id, ...thread }
  }
  if (scope === 'main')
    return { kind: 'main', agentId, mainKey: session?.mainKey ?? 'main', ...thread }
  const person = Object.entries(session?.identityLinks ?? {}).find(([, accounts]) =>
    accounts.some((account) => {
      const [name = '', ...id] = account.split(':')
      return name.toLowerCase() === channel && id.join(':') === peer.id
    }),
  )
  const who =
    person === undefined
      ? ({ kind: 'dm', id: peer.id } as const)
      : ({ kind: 'person', id: person[0] } as const)
  if (scope === 'per-peer') return { ...who, scope, agentId, ...thread }
  if (scope === 'per-channel-peer') return { ...who, scope, agentId, channel, ...thread }
  return { ...who, scope, agentId, channel, accountId, ...thread }
}
