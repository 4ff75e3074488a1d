import type { ConfigSchema } from '@junctor/channel'

/** Settings of one account, `channels.discord.accounts.<id>`. */
export interface DiscordConfig {
  /** From the page "Bot" of the developer portal, without "Bot " in front. */
  readonly token: string
  /**
   * Sum of https://discord.com/developers/docs/events/gateway#gateway-intents. Default: guilds, messages, their contents
   * and their reactions. Contents must be allowed in the developer portal.
   */
  readonly intents?: number
  /** A server of one's own. Default `https://discord.com/api`. */
  readonly apiRoot?: string
}

interface Issue {
  readonly message: string
  readonly path: readonly string[]
}

/** Keys that belong to the gateway stand beside these and are left alone. */
export const discordConfig: ConfigSchema<DiscordConfig> = {
  '~standard': { version: 1, vendor: 'junctor', validate },
}

function validate(value: unknown): { value: DiscordConfig } | { issues: readonly Issue[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { issues: [{ message: 'Expected an object with `token`.', path: [] }] }
  }
  const { token, intents, apiRoot } = value as Readonly<Record<string, unknown>>
  const issues: Issue[] = []
  if (token === undefined || token === '') {
    issues.push({
      message: '`token` is missing; the developer portal shows it on the page "Bot".',
      path: ['token'],
    })
  } else if (typeof token !== 'string' || !/^[\x21-\x7E]+$/.test(token)) {
    issues.push({
      message: '`token` must be one word of visible characters, without "Bot " in front.',
      path: ['token'],
    })
  }
  if (intents !== undefined && !isIntents(intents)) {
    issues.push({
      message: '`intents` must be a whole number: the sum of the intents to ask for.',
      path: ['intents'],
    })
  }
  if (apiRoot !== undefined && !isHttpUrl(apiRoot)) {
    issues.push({ message: '`apiRoot` must be an http or https URL.', path: ['apiRoot'] })
  }
  if (issues.length > 0) return { issues }
  return {
    value: {
      token: String(token),
      ...(isIntents(intents) ? { intents } : {}),
      ...(isHttpUrl(apiRoot) ? { apiRoot: apiRoot.replace(/\/+$/, '') } : {}),
    },
  }
}

function isIntents(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isHttpUrl(value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value)
}
