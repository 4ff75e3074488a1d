import { hasCode } from '@junctor/errors'
import type { Refusal } from './profile-state.ts'

/** Errors that a provider may send inside a stream that had begun, before anything of an answer. */
const kinds: ReadonlyMap<unknown, Refusal> = new Map<unknown, Refusal>([
  ['overloaded_error', 'busy'],
  ['rate_limit_error', 'busy'],
  ['rate_limit_exceeded', 'busy'],
  ['billing_error', 'credit'],
  ['insufficient_quota', 'credit'],
  ['authentication_error', 'key'],
  ['permission_error', 'key'],
  ['invalid_api_key', 'key'],
])

/**
 * What a failed call says about its key. Undefined: nothing. A request that is too long or wrong is so with every key, and
 * a provider that cannot be reached is out of reach for all of them.
 */
export function verdictOf(error: unknown): Refusal | undefined {
  if (hasCode(error, 'RATE_LIMITED', 'OVERLOADED')) return 'busy'
  if (hasCode(error, 'OUT_OF_CREDIT')) return 'credit'
  if (hasCode(error, 'UNAUTHORIZED')) return 'key'
  return hasCode(error, 'STREAM_FAILED') ? kinds.get(error.details['kind']) : undefined
}
