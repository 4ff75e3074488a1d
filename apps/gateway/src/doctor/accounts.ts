import type { Config } from '@junctor/config'
import { placed, type Finding, type World } from './finding.ts'

/** What each built-in channel cannot do without. */
const needed: Readonly<Record<string, readonly (readonly string[])[]>> = {
  telegram: [['botToken']],
  discord: [['token']],
  slack: [['botToken'], ['appToken', 'signingSecret']],
}

/** Which accounts there are, and that each has its tokens. Reading the file refuses an account that lacks one. */
export function checkAccounts(world: World): readonly Finding[] {
  return Object.entries(world.config.channels).flatMap(([channel, accounts]) =>
    Object.entries(accounts).map(([accountId, account]) =>
      placed(judge(channel, accountId, account), world, [
        'channels',
        channel,
        'accounts',
        accountId,
      ]),
    ),
  )
}

function judge(
  channel: string,
  accountId: string,
  { enabled, settings }: Config['channels'][string][string],
): Finding {
  const about = { code: 'CREDENTIAL', subject: `account ${channel}/${accountId}` } as const
  if (!enabled)
    return {
      ...about,
      severity: 'warning',
      message: 'is switched off',
      hint: 'remove enabled: false to open it',
    }
  const names = (needed[channel] ?? []).map(
    (choices) => choices.find((name) => settings[name] !== undefined) ?? choices.join(' or '),
  )
  const has = names.length === 0 ? 'is configured' : `has its ${names.join(' and its ')}`
  return { ...about, severity: 'ok', message: has }
}
