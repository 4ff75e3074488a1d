import { misfit, type PolicyRule } from './policies.ts'
import type { PolicyField } from './policy-conditions.ts'
import type { BindingReference, RouteAnswer, RouteFacts, RouteInput } from './router-contract.ts'
import { nameOf, show } from './rules.ts'

/** One policy and what became of it: it lost to a binding, a broadcast group, or a policy before it. */
export type PolicyCandidate = (
  | { readonly outcome: 'won' }
  | { readonly outcome: 'lost'; readonly lostTo: 'binding' | 'broadcast' | 'order' }
  | { readonly outcome: 'ruled-out'; readonly field: PolicyField }
) & {
  readonly policy: BindingReference
  /** The agent that it leads to. */
  readonly agentId: string
  /** The same in a sentence. */
  readonly message: string
}

export function judgePolicy(
  policy: PolicyRule,
  input: RouteInput,
  facts: RouteFacts,
  answer: RouteAnswer,
): PolicyCandidate {
  const { reference, agentId } = policy
  const base = { policy: reference, agentId }
  const name = `${nameOf(reference, 'policies')} for agent ${show(agentId)}`
  const ruledOut = (field: PolicyField, wanted: string, found: string): PolicyCandidate => {
    const message = `${name} needs ${wanted}; the message has ${found}.`
    return { ...base, outcome: 'ruled-out', field, message }
  }
  if (policy.channel !== undefined && policy.channel !== input.channel.toLowerCase())
    return ruledOut('channel', `channel ${show(policy.channel)}`, `channel ${show(input.channel)}`)
  const condition = misfit(policy, input, facts)
  if (condition !== undefined)
    return ruledOut(condition.field, condition.wanted, condition.found(input, facts))
  if (answer.policy === reference) return { ...base, outcome: 'won', message: `${name} won.` }
  const lost = (lostTo: 'binding' | 'broadcast' | 'order', why: string): PolicyCandidate => ({
    ...base,
    outcome: 'lost',
    lostTo,
    message: `${name} fits, but ${why}.`,
  })
  if (answer.policy !== undefined)
    return lost('order', `${nameOf(answer.policy, 'policies')} stands earlier in the file`)
  if (answer.binding !== undefined)
    return lost('binding', `${nameOf(answer.binding)} comes before every policy`)
  return lost('broadcast', 'the peer is a broadcast group, which comes before every policy')
}
