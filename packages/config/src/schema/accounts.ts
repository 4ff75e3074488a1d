import type { AccountConfig, GroupConfig, JsonValue } from '../config.ts'
import { defaultAccount } from '../defaults/default-values.ts'
import type { Member } from '../json5/node.ts'
import { settingsOf, type Settings } from './channel-settings.ts'
import { list, record, type NameRule } from './collections.ts'
import { historyLimit } from './group-chat.ts'
import type { JsonSchema } from './json-schema.ts'
import { object } from './object.ts'
import { described, mustHold, quote, type Reader, reader } from './reader.ts'
import { boolean, oneOf, text, wholeNumber } from './scalars.ts'
import { anything } from './secret.ts'
import { toolRules } from './tools.ts'

/** One account, or the defaults that a channel gives all of its accounts. */
export interface AccountInput extends Partial<Omit<AccountConfig, 'settings' | 'package'>> {
  readonly settings: Readonly<Record<string, JsonValue>>
}

/** Account name → its settings. */
export type AccountsInput = Readonly<Record<string, AccountInput>>

const ids = list(text('an id as text'))
const botTurns = wholeNumber(0, 1_000)
const topicKeys = {
  enabled: described(boolean(), 'false: nobody is answered in the room.'),
  requireMention: described(
    boolean(),
    'Whether agents answer only what calls them, by a mention, a reply or a pattern. Default true.',
  ),
  allowBots: described(boolean(), "In place of the account's own."),
  maxBotTurns: described(botTurns, "In place of the account's own."),
  historyLimit: described(historyLimit, "In place of the agents' own groupChat.historyLimit."),
  allowFrom: described(ids, 'Who may speak in the room. Empty: everyone whom the policy lets in.'),
}
const group: Reader<GroupConfig> = object(
  {},
  {
    ...topicKeys,
    tools: described(toolRules, 'What agents lose of their tools while they answer in the room.'),
    topics: described(
      record(object({}, topicKeys)),
      "Topic or thread id → what holds there in place of the room's own.",
    ),
  },
)

/** What every channel's accounts have. */
export const access = {
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
  groups: described(
    record(group),
    'Room id, "guild:<id>" for every room of one, or "*" → its settings.',
  ),
}

/** What may name an account. */
const accountName: NameRule = {
  pattern: '^\\w[\\w.@+-]{0,63}$',
  complaint: (id) =>
    `${quote(id)} cannot be an account's name: use up to 64 letters, digits and "_.@+-", beginning with a letter, digit or "_"`,
}

const later = ['name', 'defaultAccount']
const settingsOptions = { unavailable: later, alsoKnown: [...Object.keys(access), 'accounts'] }

/** The keys of their own that the accounts of the built-in channels have. */
export const builtInSettings: ReadonlyMap<string, Reader<Settings>> = new Map(
  Object.entries(settingsOf).map(([channel, settings]) => [channel, settings(settingsOptions)]),
)

/** A channel from a package reads its own keys itself. */
export const packageSettings: Reader<Settings> = record(anything)

export function accountsWith(settings: Reader<Settings>): Reader<AccountsInput> {
  return record(withSettings(object({}, access), Object.keys(access), settings), accountName)
}

/** Gives the keys of ours to one reader, and all others of the same object to the channel's own. */
export function withSettings<Value extends object>(
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
    if (node.type !== 'object') return mustHold(source, report, 'an object')
    const isOurs = ({ key }: Member): boolean => ours.includes(key)
    const known = { ...node, members: node.members.filter(isOurs) }
    const others = { ...node, members: node.members.filter((member) => !isOurs(member)) }
    const value = read({ ...source, node: known }, report)
    const own = settings({ ...source, node: others }, report)
    return value === undefined || own === undefined ? undefined : { ...value, settings: own }
  })
}
