import type { BindingMatch } from '../config.ts'
import type { OwnedBindings } from '../owned/declare-owned.ts'
import { quote } from '../schema/reader.ts'
import type { CheckContext } from './check.ts'

/**
 * Two agents cannot both have the same messages when one of them says so in its own declaration: which of the two places
 * counts would be nobody's choice. (Of two written bindings the first one counts, by their order.)
 */
export function checkOwned(
  { config, report, at, originOf }: CheckContext,
  owned: OwnedBindings,
): void {
  if (owned.size === 0) return
  const first = new Map<string, number>()
  for (const [index, { agentId, match }] of config.bindings.entries()) {
    const key = keyOf(match, config.routing.omittedAccount)
    const known = first.get(key)
    if (known === undefined) first.set(key, index)
    const other = known === undefined ? undefined : config.bindings[known]
    if (known === undefined || other === undefined || other.agentId === agentId) continue
    if (!owned.has(index) && !owned.has(known)) continue
    const path = ['bindings', index]
    const [own, before] = [originOf(path), originOf(['bindings', known])]
    const file = before?.file === own?.file ? '' : ` of ${before?.file}`
    const place = before === undefined ? '' : `, in line ${before.line}${file},`
    report.error(
      at(path),
      'CONFLICT',
      `gives the agent ${quote(agentId)} the messages that ${report.nameOf(['bindings', known])}${place} gives the agent ${quote(other.agentId)}`,
      'keep one, or make one of them more specific',
    )
  }
}

/** The same text for two matches that fit the same messages in the same tier. */
function keyOf(match: BindingMatch, omittedAccount: 'any' | 'default'): string {
  const { channel, peer, guildId, teamId, roles = [] } = match
  const accountId = match.accountId ?? (omittedAccount === 'any' ? '*' : 'default')
  const kind = peer === undefined || peer.kind === 'dm' ? peer?.kind : 'room'
  return JSON.stringify([
    channel,
    accountId,
    kind,
    peer?.id,
    guildId,
    teamId,
    [...new Set(roles)].sort(),
  ])
}
