import { quote } from '../schema/reader.ts'
import type { CheckContext } from './check.ts'

/** Whose peer is whose: `channel:peer id` → person. */
export type People = ReadonlyMap<string, string>

export function checkIdentityLinks({ config, report, at }: CheckContext): void {
  const owners = new Map<string, string>()
  for (const [person, accounts] of Object.entries(config.session.identityLinks)) {
    for (const [index, account] of accounts.entries()) {
      const place = at(['session', 'identityLinks', person, index])
      const key = personKey(account)
      if (key === undefined) {
        const message = `must be "<channel>:<id>", not ${quote(account)}`
        report.error(place, 'INVALID_VALUE', message, 'as in "telegram:123"')
        continue
      }
      const owner = owners.get(key)
      if (owner !== undefined && owner !== person) {
        const message = `${quote(account)} belongs to ${quote(owner)} already`
        report.error(place, 'DUPLICATE_ID', message, 'one account has one person')
      }
      owners.set(key, person)
    }
  }
}

export function readPeople(links: Readonly<Record<string, readonly string[]>>): People {
  return new Map(
    Object.entries(links).flatMap(([person, accounts]) =>
      accounts.map((account) => [personKey(account) ?? account, person] as const),
    ),
  )
}

function personKey(account: string): string | undefined {
  const colon = account.indexOf(':')
  const channel = account.slice(0, Math.max(colon, 0)).trim().toLowerCase()
  const id = account.slice(colon + 1)
  return channel === '' || id.trim() === '' ? undefined : `${channel}:${id}`
}
