import type { RouterConfig } from './config.ts'
import { RouterError } from './errors.ts'
import { readConditions, type Condition } from './policy-conditions.ts'
import type { BindingReference, RouteFacts, RouteInput } from './router-contract.ts'
import type { Roster } from './roster.ts'
import { exactId, show } from './rules.ts'

/** A policy as the router reads it. */
export interface PolicyRule {
  readonly reference: BindingReference
  /** Undefined for every channel. */
  readonly channel: string | undefined
  /** The other fields of `when`. */
  readonly conditions: readonly Condition[]
  readonly agentId: string
  /** Who stands in for it here, before its own fallback. */
  readonly standIns: readonly string[]
}

/** `role:qa` gives `qa`; undefined for the id of an agent. */
export function roleOf(target: string): string | undefined {
  return target.startsWith('role:') ? target.slice('role:'.length) : undefined
}

export function readPolicies(config: RouterConfig, roster: Roster): readonly PolicyRule[] {
  const timeZone = config.timeZone ?? 'UTC'
  return (config.policies ?? []).map((policy, index) => {
    const { id, to, when } = policy
    const where = `policies[${index}]`
    const role = roleOf(to)
    const [agentId, ...others] = role === undefined ? [to] : (roster.roles.get(role) ?? [])
    if (agentId === undefined)
      throw new RouterError('UNKNOWN_AGENT', `${where}.to is ${show(to)}, which no agent is.`)
    const standIns = [...new Set([...others, ...(policy.else ?? [])])]
    return {
      reference: Object.freeze(id === undefined ? { index } : { index, id }),
      channel:
        when.channel === undefined
          ? undefined
          : exactId(when.channel, `${where}.when.channel`).toLowerCase(),
      conditions: readConditions(policy, index, timeZone),
      agentId,
      standIns: standIns.filter((standIn) => standIn !== agentId),
    }
  })
}

/** The first policy that fits a message, without a look at those of other channels. */
export function indexPolicies(
  policies: readonly PolicyRule[],
): (input: RouteInput, facts: RouteFacts) => PolicyRule | undefined {
  const everywhere = policies.filter(({ channel }) => channel === undefined)
  const byChannel = new Map<string, readonly PolicyRule[]>()
  for (const { channel } of policies) {
    if (channel === undefined || byChannel.has(channel)) continue
    const own = policies.filter((policy) => (policy.channel ?? channel) === channel)
    byChannel.set(channel, own)
  }
  return (input, facts) => {
    const own = byChannel.get(input.channel) ?? byChannel.get(input.channel.toLowerCase())
    for (const policy of own ?? everywhere)
      if (misfit(policy, input, facts) === undefined) return policy
    return undefined
  }
}

/** The first condition that a message of the policy's channel does not fit. */
export function misfit(
  { conditions }: PolicyRule,
  input: RouteInput,
  facts: RouteFacts,
): Condition | undefined {
  for (const condition of conditions) if (!condition.fits(input, facts)) return condition
  return undefined
}
