import type { BindingConfig, BindingMatch } from '../config.ts'
import { nearest } from '../schema/nearest.ts'
import { quote } from '../schema/reader.ts'
import type { Path } from '../report.ts'
import { join, type CheckContext } from './check.ts'

export function checkBindings(context: CheckContext): void {
  const { config, report, at } = context
  const ids = new Map<string, number>()
  for (const [index, binding] of config.bindings.entries()) {
    const path = ['bindings', index]
    checkAgent(binding.agentId, [...path, 'agentId'], context)
    checkRoles(binding.match, [...path, 'match'], context)
    checkAccount(binding, path, context)
    if (binding.id === undefined) continue
    const first = ids.get(binding.id)
    if (first === undefined) ids.set(binding.id, index)
    else {
      const message = `${report.nameOf(['bindings', first])} already has the id ${quote(binding.id)}`
      report.error(at([...path, 'id']), 'DUPLICATE_ID', message, 'rename one')
    }
  }
}

export function checkBroadcast(context: CheckContext): void {
  const { config, input, report, at } = context
  if (input.broadcast !== undefined && input.broadcast.groups === undefined)
    report.error(at(['broadcast']), 'MISSING_KEY', '"groups" is missing')
  for (const [peerId, agentIds] of Object.entries(config.broadcast?.groups ?? {})) {
    const path = ['broadcast', 'groups', peerId]
    if (agentIds.length === 0)
      report.error(at(path), 'INVALID_VALUE', 'must list at least one agent')
    for (const [index, id] of agentIds.entries()) {
      checkAgent(id, [...path, index], context)
      if (agentIds.indexOf(id) < index)
        report.error(at([...path, index]), 'DUPLICATE_ID', `lists the agent ${quote(id)} twice`)
    }
  }
}

/** An agent that is named must be there. */
export function checkAgent(
  agentId: string,
  path: Path,
  { agentIds, report, at }: CheckContext,
): void {
  if (agentIds.has(agentId)) return
  const known = [...agentIds]
  const suggestion = nearest(agentId, known)
  report.error(
    at(path),
    'UNKNOWN_AGENT',
    `there is no agent ${quote(agentId)}`,
    suggestion === undefined
      ? `the agents are ${join(known.map(quote))}`
      : `did you mean ${quote(suggestion)}?`,
  )
}

/** `path` leads to what a message must have. */
export function checkRoles(
  { roles, guildId }: Partial<BindingMatch>,
  path: Path,
  { report, at }: CheckContext,
): void {
  if (roles === undefined || guildId !== undefined) return
  report.error(
    at([...path, 'roles']),
    'ROLES_WITHOUT_GUILD',
    'roles belong to one guild, and guildId is missing',
    `add ${path.at(-1)}.guildId, or remove ${path.at(-1)}.roles`,
  )
}

function checkAccount(binding: BindingConfig, path: Path, context: CheckContext): void {
  const { config, report, at } = context
  const { channel, accountId } = binding.match
  const accounts = Object.keys(config.channels[channel] ?? {})
  if (accounts.length === 0) {
    const suggestion = nearest(channel, Object.keys(config.channels))
    report.warning(
      at([...path, 'match', 'channel']),
      'UNKNOWN_CHANNEL',
      `the channel ${quote(channel)} has no account, so nothing reaches this binding`,
      suggestion === undefined ? `configure channels.${channel}` : `did you mean "${suggestion}"?`,
    )
  } else if (accountId === undefined) {
    if (accounts.length > 1) warnOfOmittedAccount(accounts, channel, path, context)
  } else if (accountId !== '*' && !accounts.includes(accountId)) {
    const suggestion = nearest(accountId, accounts)
    report.warning(
      at([...path, 'match', 'accountId']),
      'UNKNOWN_ACCOUNT',
      `${channel} has no account ${quote(accountId)}, so nothing reaches this binding`,
      suggestion === undefined
        ? `its accounts are ${join(accounts.map(quote))}`
        : `did you mean ${quote(suggestion)}?`,
    )
  }
}

function warnOfOmittedAccount(
  accounts: readonly string[],
  channel: string,
  path: Path,
  { config, report, at }: CheckContext,
): void {
  const isAny = config.routing.omittedAccount === 'any'
  const one = accounts.includes('default') ? 'default' : (accounts[0] ?? 'default')
  report.warning(
    at([...path, 'match']),
    'OMITTED_ACCOUNT',
    `accountId is not written, and ${channel} has ${accounts.length} accounts: it means ${isAny ? 'all of them' : 'the account "default" alone'}`,
    `write accountId: "*" for all of them, or accountId: ${quote(one)} for one`,
  )
}
