import { hasRoomFor, member, nodeAt, object, put, without } from '../json5/tree.ts'
import type { Ignored, Move } from './alias.ts'
import { reportConflicts, type Lifting } from './lifting.ts'
import { mergeNodes } from './merge.ts'
import { fill, type Match } from './pattern.ts'

export function move(row: Move, match: Match, lifting: Lifting): void {
  const to = fill(row.to, row.from, match)
  let { root } = lifting
  const parent = nodeAt(root, to.slice(0, -1))
  if (row.textAs !== undefined && parent?.type === 'scalar')
    root = put(root, to.slice(0, -1), object([member(row.textAs, parent)], parent))
  // Something is in the way: the old spelling stays, and reading both says what is wrong.
  if (!hasRoomFor(root, to)) return
  const existing = nodeAt(root, to)
  if (existing === undefined) root = put(root, to, match.node, match.keyStart)
  else {
    const { node, conflicts } = mergeNodes(existing, match.node)
    reportConflicts(conflicts, lifting)
    root = put(root, to, node)
  }
  lifting.root = without(root, match.path, { prune: true })
  lifting.note(match, { to })
}

export function ignore({ why, when }: Ignored, match: Match, lifting: Lifting): void {
  const { node, path } = match
  if (when === 'empty' && (node.type !== 'object' || node.members.length > 0)) return
  lifting.root = without(lifting.root, path, { prune: true })
  lifting.note(match, { why })
}
