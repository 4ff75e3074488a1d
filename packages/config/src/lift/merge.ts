import type { Node } from '../json5/node.ts'
import { isSame, memberOf } from '../json5/tree.ts'

/** One setting with two values. */
export interface Conflict {
  readonly first: Node
  readonly second: Node
}

export interface Merged {
  readonly node: Node
  readonly conflicts: readonly Conflict[]
}

/** Objects become one, key by key. Two values of one key must be the same; where they are not, the first stays. */
export function mergeNodes(first: Node, second: Node): Merged {
  if (first.type !== 'object' || second.type !== 'object')
    return { node: first, conflicts: isSame(first, second) ? [] : [{ first, second }] }
  const conflicts: Conflict[] = []
  const own = first.members.map((member) => {
    const twin = memberOf(second, member.key)
    if (twin === undefined) return member
    const merged = mergeNodes(member.value, twin.value)
    conflicts.push(...merged.conflicts)
    return { ...member, value: merged.node }
  })
  const others = second.members.filter(({ key }) => memberOf(first, key) === undefined)
  return { node: { ...first, members: [...own, ...others] }, conflicts }
}
