import type { BindingConfig, Config } from '@junctor/config'
import { revisionOf } from './revision.ts'

/**
 * What a new config changes, each in a few words that name the thing: agents, bindings, accounts, and settings by their
 * path. Values are never told: they may be secrets.
 */
export function changesBetween(before: Config, after: Config): readonly string[] {
  const { agents, bindings, channels, ...others } = after
  const was: Readonly<Record<string, unknown>> = { ...before }
  return [
    ...namedChanges('agent', byId(before.agents.list), byId(agents.list)),
    ...bindingChanges(before.bindings, bindings),
    ...namedChanges('account', accountsOf(before.channels), accountsOf(channels)),
    ...[...new Set([...Object.keys(was), ...Object.keys(others)])]
      .filter((key) => key !== 'agents' && key !== 'bindings' && key !== 'channels')
      .flatMap((key) => settingChanges(key, was[key], Reflect.get(others, key))),
  ]
}

type Fields = Readonly<Record<string, unknown>>

function byId(agents: Config['agents']['list']): ReadonlyMap<string, Fields> {
  return new Map(agents.map((agent) => [agent.id, { ...agent }]))
}

/** The settings of a channel stand beside our own keys, as in the file. */
function accountsOf(channels: Config['channels']): ReadonlyMap<string, Fields> {
  return new Map(
    Object.entries(channels).flatMap(([channel, accounts]) =>
      Object.entries(accounts).map(
        ([accountId, { settings, ...account }]) =>
          [`${channel}/${accountId}`, { ...account, ...settings }] as const,
      ),
    ),
  )
}

function namedChanges(
  noun: string,
  before: ReadonlyMap<string, Fields>,
  after: ReadonlyMap<string, Fields>,
): readonly string[] {
  const changes: string[] = []
  for (const [name, entry] of after) {
    const was = before.get(name)
    const keys = was === undefined ? [] : differingKeys(was, entry)
    if (was === undefined) changes.push(`added ${noun} ${name}`)
    else if (keys.length > 0) changes.push(`changed ${noun} ${name}: ${keys.join(', ')}`)
  }
  for (const name of before.keys()) if (!after.has(name)) changes.push(`removed ${noun} ${name}`)
  return changes
}

/** Bindings with the same match are one that changed; equal ones that only moved matter as an order. */
function bindingChanges(
  before: readonly BindingConfig[],
  after: readonly BindingConfig[],
): readonly string[] {
  const left = before.map((binding, index) => ({ binding, index, revision: meaningOf(binding) }))
  const take = (isIt: (entry: (typeof left)[number]) => boolean): BindingConfig | undefined => {
    const at = left.findIndex(isIt)
    return at < 0 ? undefined : left.splice(at, 1)[0]?.binding
  }
  const rest = after
    .map((binding, index) => ({ binding, index, revision: meaningOf(binding) }))
    .filter(({ revision }) => take((entry) => entry.revision === revision) === undefined)
  const changes = rest.map(({ binding, index }) => {
    const match = revisionOf(binding.match)
    const was = take(
      (entry) =>
        revisionOf(entry.binding.match) === match ||
        (binding.id !== undefined && entry.binding.id === binding.id),
    )
    const keys = was === undefined ? [] : differingKeys(withoutOrigin(was), withoutOrigin(binding))
    return was === undefined
      ? `added ${placeOf(binding, index)} (${bindingText(binding)})`
      : `changed ${placeOf(binding, index)} (${bindingText(binding)}): ${keys.join(', ')}`
  })
  changes.push(
    ...left.map(
      ({ binding, index }) => `removed ${placeOf(binding, index)} (${bindingText(binding)})`,
    ),
  )
  const isReordered =
    changes.length === 0 && revisionOf(before.map(meaningOf)) !== revisionOf(after.map(meaningOf))
  return isReordered ? ['changed the order of bindings'] : changes
}

/** One that is only written elsewhere now is the same binding. */
function meaningOf(binding: BindingConfig): string {
  return revisionOf(withoutOrigin(binding))
}

function withoutOrigin({ origin: _, ...binding }: BindingConfig): Fields {
  return binding
}

function placeOf({ origin }: BindingConfig, index: number): string {
  return origin ?? `bindings[${index}]`
}

function bindingText({ agentId, match }: BindingConfig): string {
  const { channel, accountId = '*', peer, guildId, teamId } = match
  const place = [
    `${channel}/${accountId}`,
    ...(peer === undefined ? [] : [`${peer.kind} ${peer.id}`]),
    ...(guildId === undefined ? [] : [`guild ${guildId}`]),
    ...(teamId === undefined ? [] : [`team ${teamId}`]),
  ]
  return `${place.join(' ')} to ${agentId}`
}

function settingChanges(key: string, before: unknown, after: unknown): readonly string[] {
  if (revisionOf(before) === revisionOf(after)) return []
  if (!isFields(before) || !isFields(after)) return [`changed ${key}`]
  return [`changed ${key}: ${differingKeys(before, after).join(', ')}`]
}

function differingKeys(before: Fields, after: Fields): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => revisionOf(before[key]) !== revisionOf(after[key]),
  )
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
