import { quote } from '../schema/reader.ts'
import type { AccountConfig } from '../config.ts'
import { accountSecrets } from '../defaults/account-secrets.ts'
import type { Path } from '../report.ts'
import { accountPath, join, type CheckContext } from './check.ts'

export function checkChannels(context: CheckContext): void {
  for (const [channel, accounts] of Object.entries(context.config.channels)) {
    checkAccountNames(channel, Object.keys(accounts), context)
    for (const [accountId, account] of Object.entries(accounts)) {
      if (!account.enabled) continue
      const path = accountPath(context.input, channel, accountId)
      if (tokenChannels.has(channel)) checkSecrets(channel, accountId, account, path, context)
      if (channel !== 'web') checkAnybodyAllowed(account, path, context)
    }
  }
  checkSharedTokens(context)
}

/** Folders are named after accounts, and some file systems know no upper and lower case. */
function checkAccountNames(
  channel: string,
  accountIds: readonly string[],
  { report, at }: CheckContext,
): void {
  const seen = new Map<string, string>()
  for (const accountId of accountIds) {
    const other = seen.get(accountId.toLowerCase())
    seen.set(accountId.toLowerCase(), accountId)
    if (other === undefined) continue
    const message = `the accounts ${quote(other)} and ${quote(accountId)} differ in upper and lower case alone`
    report.error(
      at(['channels', channel, 'accounts', accountId]),
      'DUPLICATE_ID',
      message,
      'rename one',
    )
  }
}

const tokenChannels = new Set(accountSecrets.map(({ channel }) => channel))

function checkSecrets(
  channel: string,
  accountId: string,
  { settings }: AccountConfig,
  path: Path,
  { report, at }: CheckContext,
): void {
  for (const secret of accountSecrets.filter((one) => one.channel === channel)) {
    const { key, variable, instead } = secret
    const hasOther = instead !== undefined && settings[instead] !== undefined
    if (settings[key] !== undefined) {
      if (!hasOther) continue
      const message = `the account ${quote(accountId)} has ${key} and ${instead}`
      report.error(at(path), 'INVALID_VALUE', message, 'keep one: each is a way to receive')
    } else if (!hasOther) {
      const names = instead === undefined ? key : `${key} and no ${instead}`
      const fromEnvironment = accountId === 'default' ? `, or set ${variable}` : ''
      report.error(
        at(path),
        'MISSING_SECRET',
        `the account ${quote(accountId)} has no ${names}`,
        `write ${key}: "…", "\${NAME}" or { "$file": "path" }${fromEnvironment}; enabled: false switches the account off`,
      )
    }
  }
}

function checkAnybodyAllowed(
  account: AccountConfig,
  path: Path,
  { report, at }: CheckContext,
): void {
  const { dmPolicy, allowFrom, groupPolicy, groups } = account
  const hasDirect =
    dmPolicy === 'open' ||
    dmPolicy === 'pairing' ||
    (dmPolicy === 'allowlist' && allowFrom.length > 0)
  const hasRooms =
    groupPolicy === 'open' || (groupPolicy === 'allowlist' && Object.keys(groups).length > 0)
  if (hasDirect || hasRooms) return
  report.warning(
    at(path),
    'NOBODY_ALLOWED',
    'nobody may write to this account: allowFrom and groups are empty',
    'put the ids of people into allowFrom, or set dmPolicy to "pairing"',
  )
}

/** Two connections with one token push each other out, or take each other's messages. */
function checkSharedTokens(context: CheckContext): void {
  for (const channel of tokenChannels) checkSharedTokensOf(channel, context)
}

function checkSharedTokensOf(channel: string, { config, report, at }: CheckContext): void {
  const key = accountSecrets.find((one) => one.channel === channel)?.key ?? ''
  const owners = new Map<string, string[]>()
  for (const [accountId, { enabled, settings }] of Object.entries(config.channels[channel] ?? {})) {
    const token = settings[key]
    if (!enabled || typeof token !== 'string') continue
    owners.set(token, [...(owners.get(token) ?? []), accountId])
  }
  for (const accountIds of owners.values()) {
    if (accountIds.length < 2) continue
    report.error(
      at(['channels', channel, 'accounts', accountIds[1] ?? '']),
      'DUPLICATE_SECRET',
      `the accounts ${join(accountIds.map(quote))} have one ${key}`,
      'create a bot for each: one token serves one connection',
    )
  }
}
