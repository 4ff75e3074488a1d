import type { Member, Node, ObjectNode } from '../json5/node.ts'
import {
  childOf,
  member,
  memberOf,
  nodeAt,
  object,
  put,
  scalar,
  textOf,
  without,
} from '../json5/tree.ts'
import type { Path } from '../report.ts'
import { quote } from '../schema/reader.ts'
import type { Rooms } from './alias.ts'
import { reportConflicts, type Lifting } from './lifting.ts'
import { mergeNodes } from './merge.ts'
import type { Match } from './pattern.ts'

/** A room of theirs and what it is called in `groups`; without a name there is no id for it. */
interface Room {
  readonly name: string | undefined
  readonly written: Member
  readonly settings: ObjectNode
}

/** Lists of rooms become `groups`. Names of rooms are left out where that keeps people out, and refused where it lets them in. */
export function listRooms({ of }: Rooms, match: Match, lifting: Lifting): void {
  const account = match.path.slice(0, -1)
  const { node } = match
  if (node.type !== 'object') return
  const rooms = of === 'guilds' ? roomsOfGuilds(node) : roomsIn(node, slackRoom)
  const nameless = rooms.filter(({ name }) => name === undefined)
  const isOpen = policyOf(lifting.root, account) === 'open'
  // In an open account a room that is not listed is open: there the list only takes away.
  if (of === 'rooms' && isOpen && nameless.some(({ settings }) => restricts(settings))) return
  let root = without(lifting.root, match.path, { prune: true })
  for (const { name, settings, written } of rooms) {
    if (name === undefined) {
      warnOfName(written, lifting)
      continue
    }
    const to = [...account, 'groups', name]
    const existing = nodeAt(root, to)
    const merged = existing === undefined ? undefined : mergeNodes(existing, settings)
    if (merged !== undefined) reportConflicts(merged.conflicts, lifting)
    root = put(root, to, merged?.node ?? settings, written.keyStart)
  }
  lifting.root = root
  lifting.note(match, { to: [...account, 'groups'] })
  // A guild that is not listed is never answered there, whatever the policy says.
  if (of === 'guilds' && isOpen && rooms.length > 0) narrow(account, match, lifting)
}

function roomsOfGuilds(guilds: ObjectNode): readonly Room[] {
  // A guild of its own has nothing of "*", and asks for a mention unless it says otherwise.
  const hasAny = memberOf(guilds, '*') !== undefined
  const usual = (place: ObjectNode): ObjectNode =>
    object(
      hasAny ? [member('requireMention', scalar(true, { ...place, implied: true }))] : [],
      place,
    )
  return guilds.members.flatMap((guild): readonly Room[] => {
    const name = guild.key === '*' ? '*' : isNumber(guild.key) ? `guild:${guild.key}` : undefined
    const { value } = guild
    if (value.type !== 'object') return []
    const members = value.members.filter(({ key }) => key !== 'channels')
    const own = settingsOf({ ...value, members })
    const inherited = name === '*' ? own : over(usual(value), own)
    const channels = childOf(value, 'channels')
    if (channels?.type !== 'object' || channels.members.length === 0 || name === undefined)
      return [{ name, written: guild, settings: inherited }]
    return roomsIn(channels, (key) => (key === '*' ? name : isNumber(key) ? key : undefined)).map(
      (room) => ({ ...room, settings: over(inherited, room.settings) }),
    )
  })
}

function roomsIn(rooms: ObjectNode, nameOf: (key: string) => string | undefined): readonly Room[] {
  return rooms.members.flatMap((written): readonly Room[] =>
    written.value.type === 'object'
      ? [{ name: nameOf(written.key), written, settings: settingsOf(written.value) }]
      : [],
  )
}

/** Discord's ids are numbers: https://discord.com/developers/docs/reference#snowflakes */
function isNumber(key: string): boolean {
  return /^\d{5,}$/.test(key)
}

/** Slack's ids of rooms: https://api.slack.com/types/conversation */
function slackRoom(key: string): string | undefined {
  return key === '*' || /^[CGD][A-Z0-9]{2,}$/.test(key) ? key : undefined
}

/** The same settings under the names that they have in `groups`. What has none keeps its own. */
function settingsOf(room: ObjectNode): ObjectNode {
  const members = room.members.flatMap((each): readonly Member[] => {
    if (each.key === 'users') return [{ ...each, key: 'allowFrom' }]
    if (each.key !== 'allow') return [each]
    return memberOf(room, 'enabled') === undefined || isFalse(each.value)
      ? [{ ...each, key: 'enabled' }]
      : []
  })
  const isOff = isFalse(childOf(room, 'allow'))
  return { ...room, members: isOff ? members.filter((each) => !isOn(each)) : members }
}

function isOn({ key, value }: Member): boolean {
  return key === 'enabled' && !isFalse(value)
}

function over(under: ObjectNode, own: ObjectNode): ObjectNode {
  const inherited = under.members.filter(({ key }) => memberOf(own, key) === undefined)
  return object([...inherited, ...own.members], own)
}

function restricts(settings: ObjectNode): boolean {
  return (
    ['allowFrom', 'tools', 'toolsBySender', 'roles'].some(
      (key) => memberOf(settings, key) !== undefined,
    ) || isFalse(childOf(settings, 'enabled'))
  )
}

function isFalse(node: Node | undefined): boolean {
  return node?.type === 'scalar' && node.value === false
}

/** What an account says of rooms, or else its channel. */
function policyOf(root: Node, account: Path): string | undefined {
  const places = [account, account.slice(0, 2)]
  const found = places.map((place) => textOf(nodeAt(root, [...place, 'groupPolicy'])))
  return found.find((policy) => policy !== undefined)
}

function warnOfName({ key, keyStart }: Member, { written, report }: Lifting): void {
  const path = written.at(keyStart)?.path ?? []
  const message = `${quote(key)} is left out: rooms are listed by their ids`
  report.warning({ path, offset: keyStart }, 'NOT_AVAILABLE', message)
}

function narrow(account: Path, match: Match, lifting: Lifting): void {
  const path = [...account, 'groupPolicy']
  const written = nodeAt(lifting.root, path)
  const value = scalar('allowlist', written ?? match.node)
  lifting.root = put(lifting.root, path, value, written?.start ?? match.keyStart)
  const { keyStart = match.keyStart } = memberOf(nodeAt(lifting.root, account), 'groupPolicy') ?? {}
  lifting.note({ path, node: written ?? match.node, keyStart }, { value })
}
