import type { AccountConfig, GroupConfig, JsonValue } from '../config.ts'
import { resolvePath } from '../paths.ts'
import { toRecord } from '../record.ts'
import { accountSecrets } from './account-secrets.ts'
import type { Places } from './agents.ts'
import { defaultAccount } from './default-values.ts'
import type { AccountInput } from '../schema/accounts.ts'
import type { ChannelInput } from '../schema/channels.ts'

type Settings = Readonly<Record<string, JsonValue>>

export type Environment = Readonly<Record<string, string | undefined>>

/** Channel → account → settings, with what the channel says merged into each account. The web page is always there. */
export function resolveChannels(
  input: Readonly<Record<string, ChannelInput>>,
  env: Environment,
  places: Places,
): Readonly<Record<string, Readonly<Record<string, AccountConfig>>>> {
  const web: ChannelInput = { defaults: { settings: {} }, accounts: undefined, package: undefined }
  const channels: [string, ChannelInput][] = Object.entries(input)
  if (!Object.hasOwn(input, 'web')) channels.push(['web', web])
  return toRecord(
    channels.map(([name, channel]) => [name, resolveAccounts(name, channel, env, places)] as const),
  )
}

function resolveAccounts(
  name: string,
  channel: ChannelInput,
  env: Environment,
  places: Places,
): Readonly<Record<string, AccountConfig>> {
  const accounts = Object.entries(channel.accounts ?? { default: { settings: {} } })
  return toRecord(
    accounts.map(([id, account]) => {
      const resolved = mergeAccount(channel.defaults, account)
      const settings = withFolder(name, withSecrets(name, id, resolved.settings, env), places)
      const origin = channel.package === undefined ? {} : { package: channel.package }
      return [id, { ...resolved, ...origin, settings }] as const
    }),
  )
}

function mergeAccount(base: AccountInput, own: AccountInput): AccountConfig {
  const { enabled, dmPolicy, allowFrom, groupPolicy, groupAllowFrom } = { ...base, ...own }
  const { allowBots, maxBotTurns } = { ...base, ...own }
  const groups = Object.entries(base.groups ?? {}).concat(Object.entries(own.groups ?? {}))
  return {
    // A channel that is switched off switches all of its accounts off.
    enabled: base.enabled !== false && (enabled ?? defaultAccount.enabled),
    dmPolicy: dmPolicy ?? defaultAccount.dmPolicy,
    allowFrom: allowFrom ?? [],
    groupPolicy: groupPolicy ?? defaultAccount.groupPolicy,
    groupAllowFrom: groupAllowFrom ?? [],
    allowBots: allowBots ?? defaultAccount.allowBots,
    maxBotTurns: maxBotTurns ?? defaultAccount.maxBotTurns,
    groups: mergeGroups(groups),
    settings: toRecord(Object.entries({ ...base.settings, ...own.settings })),
  }
}

function mergeGroups(
  entries: readonly (readonly [string, GroupConfig])[],
): AccountConfig['groups'] {
  const groups = new Map<string, GroupConfig>()
  for (const [id, group] of entries) groups.set(id, { ...groups.get(id), ...group })
  return toRecord(groups)
}

/** The environment has secrets for the account `default` alone. */
function withSecrets(
  name: string,
  accountId: string,
  settings: Settings,
  env: Environment,
): Settings {
  if (accountId !== 'default') return settings
  const found = accountSecrets.flatMap(({ channel, key, variable, instead }) => {
    const isWanted = channel === name && ![key, instead].some((one) => one && one in settings)
    const value = isWanted ? valueOf(env, variable) : undefined
    return value === undefined ? [] : [[key, value] as const]
  })
  return found.length === 0 ? settings : toRecord([...found, ...Object.entries(settings)])
}

function withFolder(name: string, settings: Settings, { baseDir, home }: Places): Settings {
  const { authDir } = settings
  if (name !== 'whatsapp' || typeof authDir !== 'string') return settings
  return toRecord(Object.entries({ ...settings, authDir: resolvePath(authDir, baseDir, home) }))
}

/** A variable that is set and not blank. */
export function valueOf(env: Environment, name: string): string | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  return value === undefined || value.trim() === '' ? undefined : value
}
