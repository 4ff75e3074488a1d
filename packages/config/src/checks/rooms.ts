import type { AccountConfig, BindingConfig } from '../config.ts'
import { quote } from '../schema/reader.ts'
import { accountPath, join, type CheckContext } from './check.ts'

/** Rooms that are spoken of, and rules that keep them out or that nothing reads. */
export function checkRooms(context: CheckContext): void {
  for (const [index, binding] of context.config.bindings.entries())
    checkBoundRoom(binding, index, context)
  checkGroupAllowFrom(context)
  checkGuilds(context)
}

/** A binding never lets anybody in: a room that `groupPolicy` keeps out is bound in vain. */
function checkBoundRoom(
  { match }: BindingConfig,
  index: number,
  { config, report, at }: CheckContext,
): void {
  const { channel, peer } = match
  if (peer === undefined || peer.kind === 'dm') return
  const omitted = config.routing.omittedAccount === 'any' ? '*' : 'default'
  const wanted = match.accountId ?? omitted
  const accounts = Object.entries(config.channels[channel] ?? {}).filter(
    ([id, { enabled }]) => enabled && (wanted === '*' || wanted === id),
  )
  const obstacles = accounts.flatMap(([id, account]) => {
    const obstacle = obstacleTo(peer.id, channel, account)
    return obstacle === undefined ? [] : [{ id, ...obstacle }]
  })
  const [first] = obstacles
  if (first === undefined || obstacles.length < accounts.length) return
  const who = `the ${obstacles.length === 1 ? 'account' : 'accounts'} ${join(obstacles.map(({ id }) => quote(id)))}`
  report.warning(
    at(['bindings', index, 'match', 'peer']),
    'BLOCKED_ROOM',
    `nothing from there reaches this binding: for ${who} of ${channel} ${first.reason}`,
    first.cure,
  )
}

/** Why an account hears nothing from a room, and what lifts that. */
function obstacleTo(
  room: string,
  channel: string,
  { groupPolicy, groups }: AccountConfig,
): { readonly reason: string; readonly cure: string } | undefined {
  if (groupPolicy === 'disabled')
    return { reason: 'groupPolicy is "disabled"', cure: 'set groupPolicy to "allowlist" or "open"' }
  const isAny = room === '*'
  const own = Object.hasOwn(groups, room) ? groups[room] : undefined
  if (own?.enabled === false)
    return {
      reason: `groups switches ${quote(room)} off`,
      cure: `remove enabled: false from groups[${quote(room)}]`,
    }
  if (groupPolicy === 'open' || own !== undefined || Object.hasOwn(groups, '*')) return undefined
  const listed = Object.keys(groups)
  // What a category or a room around it is called is not known here.
  if (listed.length > 0 && (isAny || channel === 'discord' || channel === 'slack')) return undefined
  return isAny
    ? { reason: 'groups lists no room', cure: 'list rooms in groups, or set groupPolicy to "open"' }
    : {
        reason: `groups does not list ${quote(room)}`,
        cure: `add ${quote(room)} to channels.${channel}.groups, or set groupPolicy to "open"`,
      }
}

/** Whom it lists may speak in rooms that are listed; elsewhere nobody asks it. */
function checkGroupAllowFrom({ config, input, report, at, isWritten }: CheckContext): void {
  const told = new Set<string>()
  for (const [channel, accounts] of Object.entries(config.channels))
    for (const [accountId, { enabled, groupPolicy, groupAllowFrom }] of Object.entries(accounts)) {
      if (!enabled || groupPolicy === 'allowlist' || groupAllowFrom.length === 0) continue
      const own = [...accountPath(input, channel, accountId), 'groupAllowFrom']
      const path = isWritten(own) ? own : ['channels', channel, 'groupAllowFrom']
      const place = path.join('\n')
      if (told.has(place)) continue
      told.add(place)
      report.warning(
        at(path),
        'NO_EFFECT',
        `groupPolicy is "${groupPolicy}", so ${groupPolicy === 'open' ? 'everybody in every room may speak and' : 'nobody in any room may speak and'} this has no effect`,
        'set groupPolicy to "allowlist" and list the rooms in groups, or remove this',
      )
    }
}

/** A turn that no message began knows its room, and not the guild around it: such rules would not hold there. */
function checkGuilds({ config, input, report, at, isWritten }: CheckContext): void {
  for (const [channel, accounts] of Object.entries(config.channels))
    for (const [accountId, { groups }] of Object.entries(accounts))
      for (const [name, { tools }] of Object.entries(groups)) {
        if (!name.startsWith('guild:') || tools === undefined) continue
        const own = [...accountPath(input, channel, accountId), 'groups', name, 'tools']
        report.error(
          at(isWritten(own) ? own : ['channels', channel, 'groups', name, 'tools']),
          'NOT_AVAILABLE',
          'tools are limited room by room, and not for a whole guild',
          'write them for its rooms, or for an agent of their own',
        )
      }
}
