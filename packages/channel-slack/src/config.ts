import type { ConfigSchema } from '@junctor/channel'

/** Settings of one account, `channels.slack.accounts.<id>`: one app in one workspace. */
export interface SlackConfig {
  /** "Bot User OAuth Token" of the app, `xoxb-…`. */
  readonly botToken: string
  /** "App-Level Token" with the scope `connections:write`, `xapp-…`: the account receives by Socket Mode. */
  readonly appToken?: string
  /** "Signing Secret" of the app: the account receives over HTTP. */
  readonly signingSecret?: string
  /** A Web API of one's own. Default `https://slack.com/api`. */
  readonly apiRoot?: string
}

interface Issue {
  readonly message: string
  readonly path: readonly string[]
}

type Given = Readonly<Record<string, unknown>>

/** Keys that belong to the gateway stand beside these and are left alone. */
export const slackConfig: ConfigSchema<SlackConfig> = {
  '~standard': { version: 1, vendor: 'junctor', validate },
}

function validate(value: unknown): { value: SlackConfig } | { issues: readonly Issue[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { issues: [{ message: 'Expected an object with `botToken`.', path: [] }] }
  }
  const given = value as Given
  const issues = [...checkBotToken(given), ...checkMode(given), ...checkApiRoot(given)]
  if (issues.length > 0) return { issues }
  const { botToken, appToken, signingSecret, apiRoot } = given
  return {
    value: {
      botToken: isText(botToken) ? botToken : '',
      ...(isText(appToken) ? { appToken } : {}),
      ...(isText(signingSecret) ? { signingSecret } : {}),
      ...(isText(apiRoot) ? { apiRoot: apiRoot.replace(/\/+$/, '') } : {}),
    },
  }
}

function checkBotToken({ botToken }: Given): readonly Issue[] {
  const path = ['botToken']
  if (botToken === undefined || botToken === '') {
    return [
      { message: '`botToken` is missing; the app shows it under "OAuth & Permissions".', path },
    ]
  }
  if (isText(botToken) && botToken.startsWith('xoxb-')) return []
  return [{ message: '`botToken` must be a bot token, `xoxb-…`.', path }]
}

function checkMode({ appToken, signingSecret }: Given): readonly Issue[] {
  if (appToken === undefined && signingSecret === undefined) {
    const message = 'Give `appToken` (Socket Mode) or `signingSecret` (events over HTTP).'
    return [{ message, path: ['appToken'] }]
  }
  if (appToken !== undefined && signingSecret !== undefined) {
    const message =
      '`appToken` and `signingSecret` are two ways to receive; keep one: an app uses Socket Mode or HTTP.'
    return [{ message, path: ['signingSecret'] }]
  }
  if (appToken !== undefined && !(isText(appToken) && appToken.startsWith('xapp-'))) {
    return [{ message: '`appToken` must be an app-level token, `xapp-…`.', path: ['appToken'] }]
  }
  if (signingSecret !== undefined && !(isText(signingSecret) && signingSecret.trim() !== '')) {
    return [{ message: '`signingSecret` must not be blank.', path: ['signingSecret'] }]
  }
  return []
}

function checkApiRoot({ apiRoot }: Given): readonly Issue[] {
  if (apiRoot === undefined) return []
  if (isText(apiRoot) && /^https?:\/\//.test(apiRoot) && URL.canParse(apiRoot)) return []
  return [{ message: '`apiRoot` must be an http or https URL.', path: ['apiRoot'] }]
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
