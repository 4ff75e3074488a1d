import type { AccountConfig, GroupConfig, JsonValue } from '../config.ts'
import type { Member } from '../json5/node.ts'
import { toRecord } from '../record.ts'
import type { Report } from '../report.ts'
import { list, record } from './collections.ts'
import { nearest } from './nearest.ts'
import { object } from './object.ts'
import { mustBe, quote, type Reader, type Source } from './reader.ts'
import { boolean, oneOf, refine, text } from './scalars.ts'
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

export const builtInChannels: readonly string[] = ['telegram', 'web']
const laterChannels = ['discord', 'slack', 'whatsapp', 'signal', 'imessage']
const later = ['name', 'defaultAccount']

const ids = list(text('an id as text'))
const group: Reader<GroupConfig> = object(
  {},
  { enabled: boolean(), requireMention: boolean(), allowFrom: ids },
)
const access = {
  enabled: boolean(),
  dmPolicy: oneOf('pairing', 'allowlist', 'open', 'disabled'),
  allowFrom: ids,
  groupPolicy: oneOf('open', 'allowlist', 'disabled'),
  groupAllowFrom: ids,
  groups: record(group),
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
  const keys = {
    botToken: secret(from),
    token: secret(from),
    apiRoot: url(from),
    webhook: object({ url: url(from), secret: secret(from) }, {}),
  }
  return refine(object({}, keys, settingsOptions), ({ token, ...settings }) => {
    if (token === undefined) return { value: settings }
    return settings.botToken === undefined
      ? { value: { botToken: token, ...settings } }
      : { message: '"token" and "botToken" are two spellings of one key', hint: 'keep "botToken"' }
  })
}

const webSettings: Reader<Settings> = object({}, {}, settingsOptions)

export function channels(from: SecretSource): Reader<Readonly<Record<string, ChannelInput>>> {
  return ({ node, path }, report) => {
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
      const channel = readChannel(name, member, source, from, report)
      if (channel !== undefined) entries.push([name, channel])
    }
    return toRecord(entries)
  }
}

function readChannel(
  name: string,
  member: Member,
  source: Source,
  from: SecretSource,
  report: Report,
): ChannelInput | undefined {
  if (builtInChannels.includes(name)) refusePackage(name, source, report)
  if (name === 'telegram') return channelWith(telegramSettings(from))(source, report)
  if (name === 'web') return channelWith(webSettings)(source, report)
  const { node, path } = source
  const place = { path, offset: member.keyStart }
  if (node.type === 'object' && node.members.some(({ key }) => key === 'package')) {
    if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name))
      return channelWith(anySettings(from))(source, report)
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
  return undefined
}

function refusePackage(name: string, { node, path }: Source, report: Report): void {
  const member = node.type === 'object' && node.members.find(({ key }) => key === 'package')
  if (typeof member !== 'object') return
  const place = { path: [...path, 'package'], offset: member.keyStart }
  report.error(place, 'INVALID_VALUE', `the channel "${name}" is built in`, 'remove "package"')
}

function anySettings(from: SecretSource): Reader<Settings> {
  return (source, report) => {
    const value = anything(from)(source, report)
    return isSettings(value) ? value : undefined
  }
}

function isSettings(value: JsonValue | undefined): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function channelWith(settings: Reader<Settings>): Reader<ChannelInput> {
  const account = withSettings(object({}, access), Object.keys(access), settings)
  const shared = {
    ...access,
    accounts: record(account, accountIdComplaint),
    package: text('the name of an npm package'),
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
  return (source, report) => {
    const { node } = source
    if (node.type !== 'object') return mustBe(source, report, 'an object')
    const isOurs = ({ key }: Member): boolean => ours.includes(key)
    const known = { ...node, members: node.members.filter(isOurs) }
    const others = { ...node, members: node.members.filter((member) => !isOurs(member)) }
    const value = read({ ...source, node: known }, report)
    const own = settings({ ...source, node: others }, report)
    return value === undefined || own === undefined ? undefined : { ...value, settings: own }
  }
}

function accountIdComplaint(id: string): string | undefined {
  return /^[\w][\w.@+-]{0,63}$/.test(id)
    ? undefined
    : `${quote(id)} cannot be an account's name: use up to 64 letters, digits and "_.@+-", beginning with a letter, digit or "_"`
}
