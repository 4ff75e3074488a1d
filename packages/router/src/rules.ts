import type { DmScope } from '@junctor/session-key'
import type { Binding, BindingPeer, RouterConfig } from './config.ts'
import { RouterError } from './errors.ts'
import type { BindingReference, RoutePeer, Tier } from './router-contract.ts'

/** A binding as the router reads it: checked, with every shorthand resolved. */
export interface Rule {
  readonly reference: BindingReference
  readonly agentId: string
  readonly channel: string
  /** Undefined for every account. */
  readonly accountId: string | undefined
  readonly peer: { readonly kind: RoomKind; readonly id: string } | undefined
  readonly guildId: string | undefined
  readonly teamId: string | undefined
  readonly roles: readonly string[] | undefined
  readonly dmScope: DmScope | undefined
  readonly tier: Tier
}

/** What matching distinguishes: a group and a channel are both rooms. */
export type RoomKind = 'dm' | 'room'

const scopes: ReadonlySet<string> = new Set<DmScope>([
  'main',
  'per-peer',
  'per-channel-peer',
  'per-account-channel-peer',
])

export function readRules(config: RouterConfig): readonly Rule[] {
  const accounts = defaultAccountsOf(config)
  const omitted = config.omittedAccount ?? 'any'
  if (omitted !== 'any' && omitted !== 'default') {
    throw new RouterError('INVALID_BINDING', `omittedAccount must be "any" or "default".`)
  }
  return config.bindings.map((binding, index) => {
    const channel = exactId(binding.match.channel, `bindings[${index}].match.channel`).toLowerCase()
    const accountId =
      binding.match.accountId === undefined && omitted === 'default'
        ? (accounts.get(channel) ?? 'default')
        : binding.match.accountId
    return readRule(binding, index, channel, accountId)
  })
}

/** Channel names compare lower-cased. */
export function defaultAccountsOf(config: RouterConfig): ReadonlyMap<string, string> {
  const entries = Object.entries(config.defaultAccounts ?? {})
  return new Map(entries.map(([channel, accountId]) => [channel.toLowerCase(), accountId]))
}

export function isDirect(kind: RoutePeer['kind']): boolean {
  return kind === 'dm' || kind === 'direct' || kind === 'private'
}

/** What matching distinguishes. */
export function roomKindOf(kind: RoutePeer['kind']): RoomKind {
  return isDirect(kind) ? 'dm' : 'room'
}

export function checkDmScope(dmScope: DmScope | undefined, where: string): void {
  if (dmScope === undefined || scopes.has(dmScope)) return
  const known = [...scopes].join(', ')
  throw new RouterError(
    'INVALID_BINDING',
    `${where} is ${show(dmScope)}; it must be one of ${known}.`,
  )
}

/** How messages call a binding: `bindings[3] ("support")`. */
export function nameOf({ index, id, origin }: BindingReference, list = 'bindings'): string {
  return `${origin ?? `${list}[${index}]`}${id === undefined ? '' : ` (${show(id)})`}`
}

export function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}

function readRule(
  binding: Binding,
  index: number,
  channel: string,
  accountId: string | undefined,
): Rule {
  const { match, id, agentId, dmScope, origin } = binding
  const where = `bindings[${index}].match`
  checkDmScope(dmScope, `bindings[${index}].dmScope`)
  const roles = match.roles === undefined || match.roles.length === 0 ? undefined : match.roles
  if (roles !== undefined && match.guildId === undefined) {
    throw new RouterError(
      'ROLES_WITHOUT_GUILD',
      `${where} has roles but no guildId. Roles belong to one guild: add match.guildId, or remove match.roles.`,
    )
  }
  return {
    reference: Object.freeze({
      index,
      ...(id === undefined ? {} : { id }),
      ...(origin === undefined ? {} : { origin }),
    }),
    agentId,
    channel,
    accountId: accountId === '*' ? undefined : optionalId(accountId, `${where}.accountId`),
    peer: match.peer === undefined ? undefined : readPeer(match.peer, `${where}.peer`),
    guildId: optionalId(match.guildId, `${where}.guildId`),
    teamId: optionalId(match.teamId, `${where}.teamId`),
    roles: roles?.map((role) => exactId(role, `${where}.roles`)),
    dmScope,
    tier: tierOf(match.peer, match.guildId, match.teamId, roles, accountId),
  }
}

export function readPeer(peer: BindingPeer, where: string): NonNullable<Rule['peer']> {
  const { kind } = peer
  const known = ['dm', 'direct', 'private', 'group', 'channel'].includes(kind)
  if (known) return { kind: roomKindOf(kind), id: exactId(peer.id, `${where}.id`) }
  throw new RouterError(
    'INVALID_BINDING',
    `${where}.kind is ${show(kind)}; it must be dm, group or channel.`,
  )
}

function tierOf(
  peer: BindingPeer | undefined,
  guildId: string | undefined,
  teamId: string | undefined,
  roles: readonly string[] | undefined,
  accountId: string | undefined,
): Tier {
  if (peer !== undefined) return peer.id === '*' ? 'peer-wildcard' : 'peer'
  if (guildId !== undefined) return roles === undefined ? 'guild' : 'guild-roles'
  if (teamId !== undefined) return 'team'
  return accountId === undefined || accountId === '*' ? 'channel' : 'account'
}

function optionalId(id: string | undefined, where: string): string | undefined {
  return id === undefined ? undefined : exactId(id, where)
}

export function exactId(id: unknown, where: string): string {
  if (typeof id === 'string' && id.trim() !== '') return id
  throw new RouterError(
    'INVALID_ID',
    `${where} is ${show(id)}. Give an id as text exactly as the platform writes it, or remove the field.`,
  )
}
