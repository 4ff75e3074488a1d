import type { BindingReference, RouteAnswer, RouteInput, RoutePeer } from './router-contract.ts'
import { nameOf, show, type Rule } from './rules.ts'

/** A binding that no message can reach. */
export interface LintFinding {
  readonly code: 'SHADOWED_BINDING'
  readonly binding: BindingReference
  /** The bindings that take every message it is for. Empty when a broadcast group does. */
  readonly shadowedBy: readonly BindingReference[]
  readonly message: string
}

/**
 * Offers each binding the messages that have what it asks for and nothing more: any other message it fits has more, and so
 * only more competitors. A binding that wins none of them wins never.
 */
export function lint(
  rules: readonly Rule[],
  resolve: (input: RouteInput) => RouteAnswer,
): readonly LintFinding[] {
  const fresh = freshId(rules)
  const findings: LintFinding[] = []
  for (const rule of rules) {
    const answers = barestInputs(rule, fresh).map(resolve)
    if (answers.some((answer) => answer.binding === rule.reference)) continue
    findings.push(describe(rule, answers))
  }
  return findings
}

function describe(rule: Rule, answers: readonly RouteAnswer[]): LintFinding {
  const winners = answers.flatMap(({ binding }) => (binding === undefined ? [] : [binding]))
  const shadowedBy = [...new Set(winners)].sort((left, right) => left.index - right.index)
  const takers =
    shadowedBy.length === 0 ? 'a broadcast group' : shadowedBy.map((one) => nameOf(one)).join(', ')
  return {
    code: 'SHADOWED_BINDING',
    binding: rule.reference,
    shadowedBy,
    message: `${nameOf(rule.reference)} for agent ${show(rule.agentId)} can never win: ${takers} already catches every message it is for. Remove it, or make it more specific.`,
  }
}

function* placesOf(rule: Rule, fresh: string): Generator<Pick<RouteInput, 'peer' | 'parents'>> {
  const nowhere: RoutePeer = { kind: 'group', id: fresh }
  if (rule.peer === undefined) {
    yield { peer: nowhere }
    yield { peer: { kind: 'dm', id: fresh } }
    return
  }
  const kind = rule.peer.kind === 'dm' ? 'dm' : 'group'
  if (rule.tier === 'peer-wildcard') {
    yield { peer: { kind, id: fresh } }
    return
  }
  yield { peer: { kind, id: rule.peer.id } }
  yield { peer: nowhere, parents: [{ kind, id: rule.peer.id }] }
}

function barestInputs(rule: Rule, fresh: string): readonly RouteInput[] {
  const { channel, accountId = fresh, guildId, teamId, roles } = rule
  return [...placesOf(rule, fresh)].flatMap((place) =>
    (roles ?? [undefined]).map((role) => ({
      channel,
      accountId,
      ...place,
      ...(guildId === undefined ? {} : { guildId }),
      ...(teamId === undefined ? {} : { teamId }),
      ...(role === undefined ? {} : { roles: [role] }),
    })),
  )
}

/** An id that no binding names: longer than all of them. */
function freshId(rules: readonly Rule[]): string {
  let longest = 0
  for (const { peer, accountId } of rules) {
    longest = Math.max(longest, peer?.id.length ?? 0, accountId?.length ?? 0)
  }
  return 'x'.repeat(longest + 1)
}
