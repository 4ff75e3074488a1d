import type { Node, ObjectNode } from '../json5/node.ts'
import { childOf, memberOf, put, scalar, textOf } from '../json5/tree.ts'
import type { Path } from '../report.ts'
import type { Lifting } from './lifting.ts'
import type { Match } from './pattern.ts'

/**
 * In these systems "allowlist" lets nobody speak in a room whom `groupAllowFrom`, or without one `allowFrom`, does not list, and
 * "open" lets everybody speak, but in the listed rooms alone. Here the policy is about rooms, and an empty list is everybody: what
 * they mean is written out.
 */
export function writeRoomSenders({ node: channel, path }: Match, lifting: Lifting): void {
  if (channel.type !== 'object') return
  const accounts = childOf(channel, 'accounts')
  const members = accounts?.type === 'object' ? accounts.members : []
  const isOneRule = !members.some(({ value }) => keys.some((key) => memberOf(value, key)))
  if (isOneRule) return writeFor(path, channel, undefined, lifting)
  for (const { key, value } of members)
    if (value.type === 'object') writeFor([...path, 'accounts', key], value, channel, lifting)
}

const keys = ['groupPolicy', 'groups', 'groupAllowFrom', 'allowFrom'] as const

function writeFor(
  place: Path,
  own: ObjectNode,
  channel: ObjectNode | undefined,
  lifting: Lifting,
): void {
  const get = (key: (typeof keys)[number]): Node | undefined =>
    childOf(own, key) ?? childOf(channel, key)
  const policy = textOf(get('groupPolicy'))
  const groups = get('groups')
  const rooms = groups?.type === 'object' ? groups.members : []
  const isAnyRoom = rooms.some(({ key }) => key === '*')
  if (policy === 'open') {
    if (rooms.length > 0 && !isAnyRoom) setPolicy('allowlist', place, own, lifting)
    return
  }
  if (policy !== 'allowlist' || hasElements(get('groupAllowFrom'))) return
  const senders = get('allowFrom')
  if (hasElements(senders)) {
    const to = [...place, 'groupAllowFrom']
    lifting.root = put(lifting.root, to, { ...senders, implied: true }, senders.start)
    const { keyStart = own.start } =
      memberOf(own, 'allowFrom') ?? memberOf(channel, 'allowFrom') ?? {}
    lifting.note({ path: [...place, 'allowFrom'], node: senders, keyStart }, { to })
  } else if (isAnyRoom && !rooms.some(({ value }) => hasElements(childOf(value, 'allowFrom'))))
    // A room that is listed by its id is meant for everybody in it; any room is not.
    setPolicy('disabled', place, own, lifting)
}

function hasElements(node: Node | undefined): node is Node {
  return node?.type === 'array' && node.elements.length > 0
}

function setPolicy(policy: string, place: Path, own: ObjectNode, lifting: Lifting): void {
  const path = [...place, 'groupPolicy']
  const written = memberOf(own, 'groupPolicy')
  if (written !== undefined) {
    const value = scalar(policy, written.value)
    lifting.root = put(lifting.root, path, value, written.keyStart)
    lifting.note({ path, node: written.value, keyStart: written.keyStart }, { value })
    return
  }
  const { start, end } = own
  lifting.root = put(lifting.root, path, scalar(policy, { start, end, implied: true }), start)
  lifting.note({ path: place, node: own, keyStart: start }, { to: path })
}
