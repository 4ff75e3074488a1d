import type {
  AgentState,
  Policy,
  RouteFacts,
  RouteInput,
  RoutePeer,
  RouterConfig,
} from '@junctor/router'

/** The first policy whose every condition holds, in the plainest way. Hours are those of UTC. */
export function referencePolicy(
  { policies = [] }: RouterConfig,
  input: RouteInput,
  facts: RouteFacts,
) {
  const index = policies.findIndex(({ when }) => holds(when, input, facts))
  const policy = policies[index]
  return policy === undefined ? undefined : { policy, index }
}

function holds(when: Policy['when'], input: RouteInput, facts: RouteFacts): boolean {
  const { channel, accountId, peer, guildId, teamId, sender, text, time, agentState } = when
  const places = [input.peer, ...(input.parents ?? [])]
  const states = Object.entries(agentState ?? {})
  return (
    (channel === undefined || channel.toLowerCase() === input.channel.toLowerCase()) &&
    (accountId === undefined || accountId === '*' || accountId === input.accountId) &&
    (peer === undefined ||
      (peer.id === '*'
        ? isDirect(peer) === isDirect(input.peer)
        : places.some((place) => place.id === peer.id && isDirect(place) === isDirect(peer)))) &&
    (guildId === undefined || guildId === input.guildId) &&
    (teamId === undefined || teamId === input.teamId) &&
    ((when.roles ?? []).length === 0 ||
      (when.roles ?? []).some((role) => input.roles?.includes(role))) &&
    (sender === undefined || sender.includes(facts.senderId ?? '\u0000')) &&
    (text === undefined || (facts.text !== undefined && new RegExp(text, 'iu').test(facts.text))) &&
    (time === undefined || (facts.at !== undefined && isInside(time, facts.at))) &&
    states.every(([id, state]) => stateOf(facts, id) === state)
  )
}

/** Looks at every minute of the window, from each day on which it may have begun. */
function isInside(
  { from = '00:00', to = '00:00', days }: NonNullable<Policy['when']['time']>,
  at: number,
) {
  const begin = minutes(from)
  const length = (minutes(to) - begin + 1_440) % 1_440 || 1_440
  const midnight = Math.floor(at / 86_400_000) * 86_400_000
  return [0, 1].some((daysAgo) => {
    const day = new Date(midnight - daysAgo * 86_400_000)
    const start = day.getTime() + begin * 60_000
    const name = day.toLocaleDateString('en-US', { weekday: 'short', timeZone: 'UTC' })
    const isDay = days === undefined || days.some((one) => one === name.toLowerCase())
    return isDay && at >= start && at < start + length * 60_000
  })
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(':').map(Number)
  return hours * 60 + rest
}

/** Who answers instead: what the policy says first, then the fallbacks, level by level. */
export function referenceStandIn(
  config: RouterConfig,
  agentId: string,
  facts: RouteFacts,
  policy: Policy | undefined,
  group: readonly string[] = [],
) {
  const state = stateOf(facts, agentId)
  if (canAnswer(state)) return { agentId }
  const role = policy?.to.startsWith('role:') === true ? policy.to.slice(5) : undefined
  const sameRole = config.agents.filter(({ roles }) => role !== undefined && roles?.includes(role))
  const found = [
    ...sameRole.map(({ id }) => id),
    ...(policy?.else ?? []),
    ...(config.onUnavailable === 'fallback' ? levels(config, agentId) : []),
  ].find((id) => id !== agentId && canAnswer(stateOf(facts, id)) && !group.includes(id))
  return found === undefined
    ? { agentId, unavailable: state }
    : { agentId: found, insteadOf: { agentId, state } }
}

function levels(config: RouterConfig, agentId: string): readonly string[] {
  const all: string[] = []
  let level = [agentId]
  while (level.length > 0) {
    level = level.flatMap((id) => config.agents.find((agent) => agent.id === id)?.fallback ?? [])
    all.push(...level)
  }
  return all
}

function stateOf({ agentStates }: RouteFacts, id: string): AgentState {
  return agentStates?.get(id) ?? 'available'
}

function canAnswer(state: AgentState): boolean {
  return state === 'available' || state === 'busy'
}

function isDirect({ kind }: Pick<RoutePeer, 'kind'>): boolean {
  return kind === 'dm' || kind === 'direct' || kind === 'private'
}
