import type { PolicyRule } from './policies.ts'
import { judgePolicy, type PolicyCandidate } from './policy-explanation.ts'
import type {
  BindingReference,
  RouteAnswer,
  RouteFacts,
  RouteInput,
  Tier,
} from './router-contract.ts'
import { nameOf, roomKindOf, show, type Rule } from './rules.ts'

/** The field of a binding that the message does not fit. */
export type MatchField = 'accountId' | 'peer' | 'guildId' | 'roles' | 'teamId'

/**
 * Why a binding that fits did not win: a broadcast group took the message, the winner's `tier` is more specific, its
 * `parent` is nearer, it names the `account`, or it stands earlier in the file (`order`).
 */
export type LossReason = 'broadcast' | 'tier' | 'parent' | 'account' | 'order'

export type CandidateOutcome =
  | { readonly outcome: 'won' }
  | { readonly outcome: 'lost'; readonly lostTo: LossReason }
  | { readonly outcome: 'ruled-out'; readonly field: MatchField }

/** One binding of the message's channel and what became of it. */
export type Candidate = CandidateOutcome & {
  readonly binding: BindingReference
  readonly agentId: string
  /** The tier it has for this message: a peer binding found through a parent is in `parent-peer`. */
  readonly tier: Tier
  /** True when every field that it gives fits the message. */
  readonly matched: boolean
  /** The same in a sentence. */
  readonly message: string
}

export interface Explanation extends RouteAnswer {
  /** Every binding of the channel, in the order of the file. */
  readonly candidates: readonly Candidate[]
  /** Every policy, in the order of the file. */
  readonly policies: readonly PolicyCandidate[]
  /** Why another agent answers than the one that the rules chose, or why none can. Absent when the chosen one answers. */
  readonly availability?: string
}

/** Judges each binding and policy by itself and lays it beside the answer that the index gave. */
export function explain(
  {
    rules,
    policies,
  }: { readonly rules: readonly Rule[]; readonly policies: readonly PolicyRule[] },
  input: RouteInput,
  facts: RouteFacts,
  answer: RouteAnswer,
): Explanation {
  const channel = input.channel.toLowerCase()
  const winner = answer.binding === undefined ? undefined : rules[answer.binding.index]
  const candidates = rules
    .filter((rule) => rule.channel === channel)
    .map((rule) => judge(rule, input, answer, winner))
  const availability = availabilityOf(answer)
  return {
    ...answer,
    candidates,
    policies: policies.map((policy) => judgePolicy(policy, input, facts, answer)),
    ...(availability === undefined ? {} : { availability }),
  }
}

function availabilityOf({ agentId, insteadOf, unavailable }: RouteAnswer): string | undefined {
  if (insteadOf !== undefined)
    return `Agent ${show(insteadOf.agentId)} is ${insteadOf.state}, so agent ${show(agentId)} stands in, in a session of its own.`
  if (unavailable === undefined) return undefined
  return `Agent ${show(agentId)} is ${unavailable}, and nobody stands in for it.`
}

function judge(
  rule: Rule,
  input: RouteInput,
  answer: RouteAnswer,
  winner: Rule | undefined,
): Candidate {
  const tier = isThroughParent(rule, input) ? 'parent-peer' : rule.tier
  const base = { binding: rule.reference, agentId: rule.agentId, tier }
  const name = `${nameOf(rule.reference)} for agent ${show(rule.agentId)}`
  const mismatch = findMismatch(rule, input)
  if (mismatch !== undefined) {
    const message = `${name} needs ${mismatch.wanted}; the message has ${mismatch.found}.`
    return { ...base, matched: false, outcome: 'ruled-out', field: mismatch.field, message }
  }
  if (rule === winner) {
    const message = `${name} won in tier ${answer.tier}.`
    return { ...base, matched: true, outcome: 'won', message }
  }
  const lostTo = findLoss(rule, input, tier, answer, winner)
  const message = `${name} fits, but ${lossInWords(lostTo, tier, answer)}.`
  return { ...base, matched: true, outcome: 'lost', lostTo, message }
}

interface Mismatch {
  readonly field: MatchField
  readonly wanted: string
  readonly found: string
}

function findMismatch(rule: Rule, input: RouteInput): Mismatch | undefined {
  const { accountId, peer, guildId, teamId, roles } = rule
  if (accountId !== undefined && accountId !== input.accountId) {
    const wanted = `account ${show(accountId)}`
    return { field: 'accountId', wanted, found: `account ${show(input.accountId)}` }
  }
  if (peer !== undefined && !fitsPeer(rule, input)) {
    const wanted = peer.id === '*' ? `any ${peer.kind}` : `${peer.kind} ${show(peer.id)}`
    const around = input.parents ?? []
    const found = [input.peer, ...around].map((place) => `${place.kind} ${show(place.id)}`)
    return { field: 'peer', wanted, found: found.join(' inside ') }
  }
  if (guildId !== undefined && guildId !== input.guildId) {
    return {
      field: 'guildId',
      wanted: `guild ${show(guildId)}`,
      found: input.guildId === undefined ? 'no guild' : `guild ${show(input.guildId)}`,
    }
  }
  const held = input.roles ?? []
  if (roles !== undefined && !roles.some((role) => held.includes(role))) {
    return {
      field: 'roles',
      wanted: `a sender with role ${roles.map(show).join(' or ')}`,
      found: held.length === 0 ? 'a sender without roles' : `roles ${held.map(show).join(', ')}`,
    }
  }
  if (teamId !== undefined && teamId !== input.teamId) {
    return {
      field: 'teamId',
      wanted: `team ${show(teamId)}`,
      found: input.teamId === undefined ? 'no team' : `team ${show(input.teamId)}`,
    }
  }
  return undefined
}

function findLoss(
  rule: Rule,
  input: RouteInput,
  tier: Tier,
  answer: RouteAnswer,
  winner: Rule | undefined,
): LossReason {
  if (winner === undefined) return 'broadcast'
  if (tier !== answer.tier) return 'tier'
  if (tier === 'parent-peer' && parentDistance(rule, input) !== parentDistance(winner, input)) {
    return 'parent'
  }
  return rule.accountId === winner.accountId ? 'order' : 'account'
}

function lossInWords(reason: LossReason, tier: Tier, answer: RouteAnswer): string {
  const winner = answer.binding === undefined ? '' : nameOf(answer.binding)
  switch (reason) {
    case 'broadcast':
      return 'the peer is a broadcast group, which comes before every binding'
    case 'tier':
      return `${winner} is more specific: tier ${answer.tier} comes before ${tier}`
    case 'parent':
      return `${winner} is bound to a nearer room`
    case 'account':
      return `${winner} names the account`
    case 'order':
    default:
      return `${winner} stands earlier in the file`
  }
}

function fitsPeer(rule: Rule, input: RouteInput): boolean {
  if (rule.tier === 'peer-wildcard') return rule.peer?.kind === roomKindOf(input.peer.kind)
  return isPeer(rule, input.peer) || parentDistance(rule, input) !== undefined
}

function isThroughParent(rule: Rule, input: RouteInput): boolean {
  return !isPeer(rule, input.peer) && parentDistance(rule, input) !== undefined
}

function isPeer({ peer, tier }: Rule, place: RouteInput['peer']): boolean {
  return tier === 'peer' && peer?.id === place.id && peer.kind === roomKindOf(place.kind)
}

function parentDistance(rule: Rule, input: RouteInput): number | undefined {
  const distance = (input.parents ?? []).findIndex((parent) => isPeer(rule, parent))
  return distance === -1 ? undefined : distance
}
