import type { AccountConfig, GroupConfig, JsonValue } from '../config.ts'
import type { Member } from '../json5/node.ts'
import { toRecord } from '../record.ts'
import type { Report } from '../report.ts'
import { defaultAccount } from '../defaults/default-values.ts'
import { list, record, type NameRule } from './collections.ts'
import { historyLimit } from './group-chat.ts'
import { inAnyCase, nothing, type JsonSchema } from './json-schema.ts'
import { nearest } from './nearest.ts'
import { object } from './object.ts'
import { described, mustBe, quote, reader, type Reader, type Source } from './reader.ts'
import { boolean, oneOf, refine, text, wholeNumber } from './scalars.ts'
import { anything, secret, type SecretSource } from './secret.ts'

/** One account, or the defaults that a channel gives all of its accounts. */
export interface AccountInput extends Partial<Omit<AccountConfig, 'settings' | 'package'>> {
  readonly settings: Readonly<Record<string, JsonValue>>
}

type Settings = Readonly<Record<string, JsonValue>>

export interface ChannelInput {
  readonly defaults: AccountInput
  /** Undefined when the file names none: then there is one, `default`. */
  readonly accounts: Readonly<Record<string, AccountInput>> | undefined
  readonly package: string | undefined
}

/** What each built-in channel reads besides the keys that all of them have. */
const settingsOf: Readonly<Record<string, (from: SecretSource) => Reader<Settings>>> = {
  telegram: telegramSettings,
  discord: discordSettings,
  slack: slackSettings,
  whatsapp: whatsAppSettings,
  web: webSettings,
}
const builtInChannels: readonly string[] = Object.keys(settingsOf)
const laterChannels = ['signal', 'imessage']
const later = ['name', 'defaultAccount']

const ids = list(text('an id as text'))
const botTurns = wholeNumber(0, 1_000)
const group: Reader<GroupConfig> = object(
  {},
  {
    enabled: described(boolean(), 'false: nobody is answered in the room.'),
    requireMention: described(
      boolean(),
      'Whether agents answer only what calls them, by a mention, a reply or a pattern. Default true.',
    ),
    allowBots: described(boolean(), "In place of the account's own."),
    maxBotTurns: described(botTurns, "In place of the account's own."),
    historyLimit: described(historyLimit, "In place of the agents' own groupChat.historyLimit."),
    allowFrom: described(
      ids,
      'Who may speak in the room. Empty: everyone whom the policy lets in.',
    ),
  },
)
const access = {
  enabled: described(boolean(), 'false switches the account off.', defaultAccount.enabled),
  dmPolicy: described(
    oneOf('pairing', 'allowlist', 'open', 'disabled'),
    'Who may write directly. Under "pairing" a stranger is given a code with which you let them in.',
    defaultAccount.dmPolicy,
  ),
  allowFrom: described(ids, 'Whose direct messages are answered; "*" is everyone.'),
  groupPolicy: described(
    oneOf('open', 'allowlist', 'disabled'),
    'In which rooms the bot answers.',
    defaultAccount.groupPolicy,
  ),
  groupAllowFrom: described(ids, 'Who may address the bot in rooms.'),
  allowBots: described(
    boolean(),
    'Whether bots are answered like people.',
    defaultAccount.allowBots,
  ),
  maxBotTurns: described(
    botTurns,
    'Turns in a row that bots may begin in a room until a person speaks.',
    defaultAccount.maxBotTurns,
  ),
  groups: described(record(group), 'Room id, or "*" → its settings.'),
}

const settingsOptions = { unavailable: later, alsoKnown: [...Object.keys(access), 'accounts'] }

export function url(from: SecretSource): Reader<string> {
  return refine(secret(from), (written) =>
    /^https?:\/\//i.test(written) && URL.canParse(written)
      ? { value: written.replace(/\/+$/, '') }
      : // The value itself may hold a secret.
        { message: 'must be an http:// or https:// address' },
  )
}

/** `token` is another spelling of `botToken`. */
function telegramSettings(from: SecretSource): Reader<Settings> {
  const webhook = object(
    {
      url: described(url(from), 'Where Telegram posts updates.'),
      secret: described(secret(from), 'What proves that Telegram posted them.'),
    },
    {},
  )
  const keys = {
    botToken: described(secret(from), 'From @BotFather; "${NAME}" or { "$file": "path" } too.'),
    token: described(secret(from), 'Another spelling of botToken.'),
    apiRoot: described(url(from), 'A Bot API server of your own.'),
    webhook: described(webhook, 'Take updates by webhook; without it the account polls.'),
  }
  const read = object({}, keys, settingsOptions)
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

function discordSettings(from: SecretSource): Reader<Settings> {
  const keys = {
    token: described(
      secret(from),
      'From the page "Bot" of the developer portal; "${NAME}" or { "$file": "path" } too.',
    ),
    intents: described(wholeNumber(0), 'Sum of the gateway intents to ask for.'),
    apiRoot: described(url(from), 'A server of your own that speaks as Discord does.'),
  }
  return object({}, keys, settingsOptions)
}

function slackSettings(from: SecretSource): Reader<Settings> {
  const keys = {
    botToken: described(secret(from), 'xoxb-…; "${NAME}" or { "$file": "path" } too.'),
    appToken: described(secret(from), 'xapp-…: the account receives by Socket Mode.'),
    signingSecret: described(secret(from), 'The account receives over HTTP instead.'),
    apiRoot: described(url(from), 'A Web API of your own.'),
  }
  return object({}, keys, settingsOptions)
}

function whatsAppSettings(from: SecretSource): Reader<Settings> {
  const keys = {
    authDir: described(
      text('the path of a folder'),
      'A folder of an older client (useMultiFileAuthState) to start from, once.',
    ),
    phoneNumber: described(
      refine(secret(from), readNumber),
      'Link by a code typed on this phone, "+15550001111", instead of a QR code.',
    ),
  }
  return object({}, keys, settingsOptions)
}

function readNumber(written: string): { readonly value: string } | { readonly message: string } {
  const digits = written.replaceAll(/[\s()+-]/g, '')
  return /^\d{7,15}$/.test(digits)
    ? { value: `+${digits}` }
    : { message: 'must be a number with its country code, such as "+15550001111"' }
}

function webSettings(): Reader<Settings> {
  return object({}, {}, settingsOptions)
}

export function channels(from: SecretSource): Reader<Readonly<Record<string, ChannelInput>>> {
  const builtIn = new Map(
    Object.entries(settingsOf).map(
      ([name, settings]) => [name, channelWith(settings(from), builtInPackage)] as const,
    ),
  )
  const fromPackage = channelWith(record(anything(from)), packageName)
  return reader(channelsSchema(builtIn, fromPackage), ({ node, path }, report) => {
    if (node.type !== 'object') return mustBe({ node, path }, report, 'an object')
    const entries: [string, ChannelInput][] = []
    for (const member of node.members) {
      const source = { node: member.value, path: [...path, member.key] }
      const name = member.key.toLowerCase()
      if (entries.some(([known]) => known === name))
        report.error(
          { path: source.path, offset: member.keyStart },
          'DUPLICATE_ID',
          `the channel ${quote(name)} is there twice: upper and lower case make no difference`,
        )
      const read =
        builtIn.get(name) ?? (isFromPackage(name, member, source, report) ? fromPackage : undefined)
      const channel = read?.(source, report)
      if (channel !== undefined) entries.push([name, channel])
    }
    return toRecord(entries)
  })
}

/** Names of channels in any mixture of upper and lower case; the canonical one is what editors offer. */
function channelsSchema(
  builtIn: ReadonlyMap<string, Reader<ChannelInput>>,
  fromPackage: Reader<ChannelInput>,
): JsonSchema {
  const names = [...builtIn.keys()]
  const inOtherCase = (name: string) => `^(?!${name}$)${inAnyCase(name)}$`
  return {
    type: 'object',
    propertyNames: { pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' },
    properties: Object.fromEntries(
      [...builtIn].map(([name, { schema }]) => [
        name,
        { ...schema, description: `The accounts of the channel ${name}.` },
      ]),
    ),
    patternProperties: Object.fromEntries(
      names.map((name) => [
        inOtherCase(name),
        { $ref: `#/properties/channels/properties/${name}` },
      ]),
    ),
    additionalProperties: { ...fromPackage.schema, required: ['package'] },
  }
}

function isFromPackage(name: string, member: Member, source: Source, report: Report): boolean {
  const { node, path } = source
  const place = { path, offset: member.keyStart }
  if (node.type === 'object' && node.members.some(({ key }) => key === 'package')) {
    if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name)) return true
    const message = `${quote(name)} cannot be a channel's name`
    report.error(place, 'INVALID_ID', message, 'use a-z, 0-9, "_" and "-"')
  } else if (laterChannels.includes(name)) {
    const message = `the channel ${quote(name)} is not available in this version`
    report.unavailable(place, message, 'remove it')
  } else {
    const suggestion = nearest(name, builtInChannels)
    report.error(
      place,
      'UNKNOWN_CHANNEL',
      `there is no built-in channel ${quote(name)}`,
      suggestion === undefined
        ? 'name the npm package that brings it: package: "…"'
        : `did you mean "${suggestion}"?`,
    )
  }
  return false
}

const packageName = described(
  text('the name of an npm package'),
  'The npm package that brings the channel.',
)
const builtInPackage: Reader<string> = reader<string>(nothing, ({ node, path }, report) => {
  const message = `the channel ${quote(String(path.at(-2)))} is built in`
  report.error({ path, offset: node.start }, 'INVALID_VALUE', message, 'remove "package"')
  return undefined
})

function channelWith(settings: Reader<Settings>, origin: Reader<string>): Reader<ChannelInput> {
  const account = withSettings(object({}, access), Object.keys(access), settings)
  const shared = {
    ...access,
    accounts: described(
      record(account, accountName),
      'Account name → its settings; what the channel says holds for each. Without it there is one, default.',
    ),
    package: origin,
  }
  const read = withSettings(object({}, shared), Object.keys(shared), settings)
  return refine(read, ({ accounts, package: name, ...defaults }) => ({
    value: { defaults, accounts, package: name },
  }))
}

/** Gives the keys of ours to one reader, and all others of the same object to the channel's own. */
function withSettings<Value extends object>(
  read: Reader<Value>,
  ours: readonly string[],
  settings: Reader<Settings>,
): Reader<Value & { readonly settings: Settings }> {
  const schema: JsonSchema = {
    ...settings.schema,
    properties: { ...settings.schema.properties, ...read.schema.properties },
  }
  return reader(schema, (source, report) => {
    const { node } = source
    if (node.type !== 'object') return mustBe(source, report, 'an object')
    const isOurs = ({ key }: Member): boolean => ours.includes(key)
    const known = { ...node, members: node.members.filter(isOurs) }
    const others = { ...node, members: node.members.filter((member) => !isOurs(member)) }
    const value = read({ ...source, node: known }, report)
    const own = settings({ ...source, node: others }, report)
    return value === undefined || own === undefined ? undefined : { ...value, settings: own }
  })
}

const accountName: NameRule = {
  pattern: '^\\w[\\w.@+-]{0,63}$',
  complaint: (id) =>
    `${quote(id)} cannot be an account's name: use up to 64 letters, digits and "_.@+-", beginning with a letter, digit or "_"`,
}
