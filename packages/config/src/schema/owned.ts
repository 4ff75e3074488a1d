import { toRecord } from '../record.ts'
import { accountsWith, builtInSettings, packageSettings, type AccountsInput } from './accounts.ts'
import { isAccount } from '../owned/is-account.ts'
import { route, type RouteInput } from './bindings.ts'
import { list } from './collections.ts'
import { inAnyCase, type JsonSchema } from './json-schema.ts'
import { mustHold, quote, reader, type ReadContext, type Reader, type Source } from './reader.ts'

const builtIn = new Map(
  [...builtInSettings].map(([channel, settings]) => [channel, accountsWith(settings)]),
)
const fromPackage = accountsWith(packageSettings)

const namePattern = '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$'

/**
 * The accounts that an agent declares for itself: channel → name → settings. Reading a whole config makes them accounts of
 * `channels` before; then this reads, and refuses, only what is no account.
 */
export const ownAccounts: Reader<Readonly<Record<string, AccountsInput>>> = reader(
  accountsSchema(),
  (source, report) => {
    const { node, path } = source
    if (node.type !== 'object') return mustHold(source, report, 'an object')
    const entries = node.members.flatMap(({ key, keyStart, value }) => {
      const place = { path: [...path, key], offset: keyStart }
      if (!new RegExp(namePattern).test(key))
        report.error(place, 'INVALID_ID', `${quote(key)} cannot be a channel's name`)
      const read = builtIn.get(key.toLowerCase()) ?? fromPackage
      const accounts = read(withoutSettings({ node: value, path: place.path }, report), report)
      return accounts === undefined ? [] : [[key, accounts] as const]
    })
    return toRecord(entries)
  },
)

export const ownRoutes: Reader<readonly RouteInput[]> = list(route)

/** Settings where an account's name belongs: each is refused, with the way to write it. */
function withoutSettings({ node, path }: Source, report: ReadContext): Source {
  if (node.type !== 'object') return { node, path }
  const channel = String(path.at(-1))
  const members = node.members.filter(({ key, keyStart, value }) => {
    if (isAccount(value, channel)) return true
    report.error(
      { path: [...path, key], offset: keyStart, hides: true },
      'INVALID_TYPE',
      `${quote(key)} is no account: accounts have names here`,
      `write ${channel}: { default: { ${key}: … } }`,
    )
    return false
  })
  return { node: { ...node, members }, path }
}

/** The same accounts as those of `channels`, wherever they are declared. */
function accountsSchema(): JsonSchema {
  const accountsOf = (channel: string): JsonSchema => ({
    description: `Account name → its settings, as in channels.${channel}.accounts.`,
    $ref: `#/properties/channels/properties/${channel}/properties/accounts`,
  })
  const names = [...builtIn.keys()]
  return {
    type: 'object',
    propertyNames: { pattern: namePattern },
    properties: Object.fromEntries(names.map((name) => [name, accountsOf(name)])),
    patternProperties: Object.fromEntries(
      names.map((name) => [`^(?!${name}$)${inAnyCase(name)}$`, accountsOf(name)]),
    ),
    additionalProperties: {
      $ref: '#/properties/channels/additionalProperties/properties/accounts',
    },
  }
}
