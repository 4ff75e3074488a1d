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
  /** All of them, asked in the fastest way. */
  readonly fits: Condition['fits']
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
    const conditions = readConditions(policy, index, timeZone)
    const standIns = [...new Set([...others, ...(policy.else ?? [])])]
    return {
      reference: Object.freeze(id === undefined ? { index } : { index, id }),
      channel:
        when.channel === undefined
          ? undefined
          : exactId(when.channel, `${where}.when.channel`).toLowerCase(),
      conditions,
      fits: allOf(conditions),
      agentId,
      standIns: standIns.filter((standIn) => standIn !== agentId),
    }
  })
}

/** The first of these policies that fits a message of their channel. */
export function findPolicy(
  policies: readonly PolicyRule[],
  input: RouteInput,
  facts: RouteFacts,
): PolicyRule | undefined {
  for (let index = 0; index < policies.length; index += 1) {
    const policy = policies[index]
    if (policy?.fits(input, facts) === true) return policy
  }
  return undefined
}

/** Most policies have one condition or two: no loop over them for each message. */
function allOf([first, second, ...others]: readonly Condition[]): Condition['fits'] {
  if (first === undefined) return () => true
  if (second === undefined) return first.fits
  if (others.length === 0)
    return (input, facts) => first.fits(input, facts) && second.fits(input, facts)
  const rest = allOf([second, ...others])
  return (input, facts) => first.fits(input, facts) && rest(input, facts)
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
