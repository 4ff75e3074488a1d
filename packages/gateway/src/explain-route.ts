import type { MessageEnvelope } from '@junctor/channel'
import { compileRouter, type Explanation, type RouteFacts } from '@junctor/router'
import type { JsonValue } from '@junctor/store'
import type { ExplanationStep } from './explanation.ts'
import { toJson } from './envelopes.ts'
import { describeRoute, type Route } from './routes.ts'
import type { RoutingRules } from './rules.ts'

/** Which bindings were considered for a message and why they lost, by the rules that were in force when it came. */
export function explainRoute(
  envelope: MessageEnvelope,
  route: Route | undefined,
  rules: RoutingRules | undefined,
  facts: RouteFacts,
  /** Sentences on bindings that are of no account any more. */
  expired: readonly string[],
): Pick<ExplanationStep, 'step' | 'text' | 'details'> {
  if (route === undefined) return step('How it was routed was not noted.', null)
  const chosen = `Agent ${route.agentId} got it: ${describeRoute(route, rules ?? { bindings: [] })}.`
  if (rules === undefined)
    return step(`${chosen} The bindings of that time are not kept any more.`, toJson(route))
  if (route.tier === 'addressed') return step(chosen, toJson(route))
  const { candidates, policies } = compileRouter(rules).explain(envelope, facts)
  const texts = [chosen, consideredText({ candidates, policies }), ...expired]
  return step(texts.join(' '), toJson({ ...route, candidates, policies }))
}

function step(
  text: string,
  details: JsonValue,
): Pick<ExplanationStep, 'step' | 'text' | 'details'> {
  return { step: 'routing', text, details }
}

function consideredText({
  candidates,
  policies,
}: Pick<Explanation, 'candidates' | 'policies'>): string {
  const others = [...candidates, ...policies].filter(({ outcome }) => outcome !== 'won')
  if (others.length > 0)
    return `Considered and not taken: ${others.map(({ message }) => message).join(' ')}`
  return candidates.length === 0 && policies.length === 0
    ? 'No binding names this channel.'
    : 'No other binding names this channel.'
}
