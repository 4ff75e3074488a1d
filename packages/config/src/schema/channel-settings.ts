import type { JsonValue } from '../config.ts'
import { object, type ObjectOptions } from './object.ts'
import { described, type Reader } from './reader.ts'
import { refine, text, wholeNumber } from './scalars.ts'
import { secret } from './secret.ts'

export type Settings = Readonly<Record<string, JsonValue>>

/** What each built-in channel reads besides the keys that all of them have. */
export const settingsOf: Readonly<Record<string, (options: ObjectOptions) => Reader<Settings>>> = {
  telegram: telegramSettings,
  discord: discordSettings,
  slack: slackSettings,
  whatsapp: whatsAppSettings,
  web: webSettings,
}

export const url: Reader<string> = refine(secret, (written) =>
  /^https?:\/\//i.test(written) && URL.canParse(written)
    ? { value: written.replace(/\/+$/, '') }
    : // The value itself may hold a secret.
      { message: 'must be an http:// or https:// address' },
)

/** `token` is another spelling of `botToken`. */
function telegramSettings(options: ObjectOptions): Reader<Settings> {
  const webhook = object(
    {
      url: described(url, 'Where Telegram posts updates.'),
      secret: described(secret, 'What proves that Telegram posted them.'),
    },
    {},
  )
  const keys = {
    botToken: described(secret, 'From @BotFather; "${NAME}" or { "$file": "path" } too.'),
    token: described(secret, 'Another spelling of botToken.'),
    apiRoot: described(url, 'A Bot API server of your own.'),
    webhook: described(webhook, 'Take updates by webhook; without it the account polls.'),
  }
  const read = object({}, keys, options)
  return refine(
    read,
    ({ token, ...settings }) => {
      if (token === undefined) return { value: settings }
      return settings.botToken === undefined
        ? { value: { botToken: token, ...settings } }
        : {
            message: '"token" and "botToken" are two spellings of one key',
            hint: 'keep "botToken"',
          }
    },
    { ...read.schema, not: { required: ['token', 'botToken'] } },
  )
}

function discordSettings(options: ObjectOptions): Reader<Settings> {
  const keys = {
    token: described(
      secret,
      'From the page "Bot" of the developer portal; "${NAME}" or { "$file": "path" } too.',
    ),
    intents: described(wholeNumber(0), 'Sum of the gateway intents to ask for.'),
    apiRoot: described(url, 'A server of your own that speaks as Discord does.'),
  }
  return object({}, keys, options)
}

function slackSettings(options: ObjectOptions): Reader<Settings> {
  const keys = {
    botToken: described(secret, 'xoxb-…; "${NAME}" or { "$file": "path" } too.'),
    appToken: described(secret, 'xapp-…: the account receives by Socket Mode.'),
    signingSecret: described(secret, 'The account receives over HTTP instead.'),
    apiRoot: described(url, 'A Web API of your own.'),
  }
  return object({}, keys, options)
}

function whatsAppSettings(options: ObjectOptions): Reader<Settings> {
  const keys = {
    authDir: described(
      text('the path of a folder'),
      'A folder of an older client (useMultiFileAuthState) to start from, once.',
    ),
    phoneNumber: described(
      refine(secret, readNumber),
      'Link by a code typed on this phone, "+15550001111", instead of a QR code.',
    ),
  }
  return object({}, keys, options)
}

function readNumber(written: string): { readonly value: string } | { readonly message: string } {
  const digits = written.replaceAll(/[\s()+-]/g, '')
  return /^\d{7,15}$/.test(digits)
    ? { value: `+${digits}` }
    : { message: 'must be a number with its country code, such as "+15550001111"' }
}

function webSettings(options: ObjectOptions): Reader<Settings> {
  return object({}, {}, options)
}
