import type { BindingConfig, Config } from '@junctor/config'
import type { JsonValue } from '@junctor/store'
import { fieldOf, textOf } from '../envelopes.ts'
import { revisionOf } from '../revision.ts'

/** The binding in force that matches exactly what this one would. */
export function twinOf(binding: JsonValue, config: Config): BindingConfig | undefined {
  const omitted = config.routing.omittedAccount === 'default' ? 'default' : '*'
  const wanted = matchKey(fieldOf(binding, 'match'), omitted)
  return config.bindings.find(({ match }) => matchKey({ ...match }, omitted) === wanted)
}

function matchKey(match: object | JsonValue, omittedAccount: string): string {
  const fields = match as JsonValue
  const peer = fieldOf(fields, 'peer')
  const kind = textOf(peer, 'kind')
  return revisionOf({
    channel: textOf(fields, 'channel').toLowerCase(),
    accountId: textOf(fields, 'accountId') || omittedAccount,
    // For matching, every room is of one kind.
    peer:
      peer === null
        ? null
        : { isRoom: /^(?:group|channel|room)$/.test(kind), id: textOf(peer, 'id') },
    guildId: textOf(fields, 'guildId'),
    teamId: textOf(fields, 'teamId'),
    roles: fieldOf(fields, 'roles'),
  })
}
