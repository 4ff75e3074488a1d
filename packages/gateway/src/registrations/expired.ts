import { textOf, fieldOf } from '../envelopes.ts'
import { isExpired, nameOf, type Registration } from './registration.ts'

/** Bindings of a channel that had expired at a time, each in a sentence. */
export function expiredFor(
  channel: string,
  registrations: readonly Registration[],
  at: number,
): readonly string[] {
  return registrations.flatMap((registration) => {
    if (registration.kind !== 'binding' || !isExpired(registration, at)) return []
    const { binding, expiresAt = at } = registration
    const isOfChannel =
      textOf(fieldOf(binding, 'match'), 'channel').toLowerCase() === channel.toLowerCase()
    const when = new Date(expiresAt).toISOString()
    const name = `The ${nameOf(registration)} to agent "${textOf(binding, 'agentId')}"`
    return isOfChannel ? [`${name} does not count: it expired at ${when}.`] : []
  })
}
