import type { ConfigSchema } from '@junctor/channel'

/** Settings of one account, `channels.telegram.accounts.<id>`. */
export interface TelegramConfig {
  /** From @BotFather. `token` is accepted as another name. */
  readonly botToken: string
  /** A Bot API server of one's own. Default `https://api.telegram.org`. */
  readonly apiRoot?: string
  /** Without it the account polls. */
  readonly webhook?: {
    /** Registered with Telegram when the account opens. Without it somebody else registers the webhook. */
    readonly url?: string
    /** What Telegram sends back in `X-Telegram-Bot-Api-Secret-Token`: 1–256 of `A-Z a-z 0-9 _ -`. */
    readonly secret: string
  }
}

interface Issue {
  readonly message: string
  readonly path: readonly string[]
}

/** Keys that belong to the gateway stand beside these and are left alone. */
export const telegramConfig: ConfigSchema<TelegramConfig> = {
  '~standard': { version: 1, vendor: 'junctor', validate },
}

function validate(value: unknown): { value: TelegramConfig } | { issues: readonly Issue[] } {
  if (!isRecord(value)) {
    return { issues: [{ message: 'Expected an object with `botToken`.', path: [] }] }
  }
  const issues = [...checkToken(value), ...checkApiRoot(value), ...checkWebhook(value)]
  if (issues.length > 0) return { issues }
  const webhook = value['webhook']
  const apiRoot = value['apiRoot']
  return {
    value: {
      botToken: String(value['botToken'] ?? value['token']),
      ...(typeof apiRoot === 'string' ? { apiRoot: apiRoot.replace(/\/+$/, '') } : {}),
      ...(isRecord(webhook)
        ? {
            webhook: {
              secret: String(webhook['secret']),
              ...(typeof webhook['url'] === 'string' ? { url: webhook['url'] } : {}),
            },
          }
        : {}),
    },
  }
}

function checkToken(value: Readonly<Record<string, unknown>>): readonly Issue[] {
  const { botToken, token } = value
  if (botToken !== undefined && token !== undefined && botToken !== token) {
    return [{ message: '`botToken` and `token` differ; keep one of them.', path: ['token'] }]
  }
  const given = botToken ?? token
  const path = ['botToken']
  if (given === undefined || given === '') {
    return [{ message: '`botToken` is missing; @BotFather gives it out.', path }]
  }
  if (typeof given !== 'string' || !/^\d+:[\w-]+$/.test(given)) {
    return [{ message: '`botToken` must look like `123456:ABC-DEF`.', path }]
  }
  return []
}

function checkApiRoot({ apiRoot }: Readonly<Record<string, unknown>>): readonly Issue[] {
  if (apiRoot === undefined || isHttpUrl(apiRoot)) return []
  return [{ message: '`apiRoot` must be an http or https URL.', path: ['apiRoot'] }]
}

function checkWebhook({ webhook }: Readonly<Record<string, unknown>>): readonly Issue[] {
  if (webhook === undefined) return []
  if (!isRecord(webhook)) {
    return [{ message: '`webhook` must be an object with `secret`.', path: ['webhook'] }]
  }
  const issues: Issue[] = []
  const { secret, url } = webhook
  if (typeof secret !== 'string' || !/^[\w-]{1,256}$/.test(secret)) {
    issues.push({
      message: '`webhook.secret` must be 1 to 256 characters of A-Z, a-z, 0-9, _ and -.',
      path: ['webhook', 'secret'],
    })
  }
  if (url !== undefined && !isHttpUrl(url)) {
    issues.push({
      message: '`webhook.url` must be an http or https URL.',
      path: ['webhook', 'url'],
    })
  }
  return issues
}

function isHttpUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
