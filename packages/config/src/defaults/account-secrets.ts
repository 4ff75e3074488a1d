/** A setting of a built-in channel that the environment may hold, for the account `default` alone. */
export interface AccountSecret {
  readonly channel: string
  readonly key: string
  readonly variable: string
  /** Where this setting is given, the variable is left alone: each stands for a way of its own. */
  readonly instead?: string
}

/** The first one of a channel names its bot. */
export const accountSecrets: readonly AccountSecret[] = [
  { channel: 'telegram', key: 'botToken', variable: 'TELEGRAM_BOT_TOKEN' },
  { channel: 'discord', key: 'token', variable: 'DISCORD_BOT_TOKEN' },
  { channel: 'slack', key: 'botToken', variable: 'SLACK_BOT_TOKEN' },
  { channel: 'slack', key: 'appToken', variable: 'SLACK_APP_TOKEN', instead: 'signingSecret' },
]
