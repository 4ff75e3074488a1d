import type { Failure } from './failure.ts'

/** What providers call an account that only money, or a higher limit, opens again; most come with 429, some with 400. */
const kindsOfIt: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'billing_error',
  'billing_not_active',
  'billing_hard_limit_reached',
  'enforced_spend_limit_reached',
  'organization_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
  'project_spend_limit_exceeded',
])

/** Anthropic calls these an `invalid_request_error`. From the start of the text: a request may quote anything. */
const sentences =
  /^(?:Your credit balance is too low\b|You have reached your specified (?:workspace )?API usage limits\b)/

export function isOutOfCredit({ status, kinds, message }: Failure): boolean {
  if (status === 402 || kinds.some((kind) => kindsOfIt.has(kind))) return true
  return status === 400 && sentences.test(message)
}
