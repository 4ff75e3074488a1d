import type { Node } from '../json5/node.ts'
import { hasRoomFor, member, nodeAt, object, put, renamed, without } from '../json5/tree.ts'
import { formatPath, type Path } from '../report.ts'
import { quote } from '../schema/reader.ts'
import type { Ignored, Move } from './alias.ts'
import { reportConflicts, type Lifting } from './lifting.ts'
import { mergeNodes, type Merged } from './merge.ts'
import { fill, type Match } from './pattern.ts'

export function move(row: Move, match: Match, lifting: Lifting): void {
  if (row.when?.(match.node) === false) return
  const to = fill(row.to, row.from, match)
  let { root } = lifting
  const parent = nodeAt(root, to.slice(0, -1))
  if (row.textAs !== undefined && parent?.type === 'scalar')
    root = put(root, to.slice(0, -1), object([member(row.textAs, parent)], parent))
  // Something is in the way: the old spelling stays, and reading both says what is wrong.
  if (!hasRoomFor(root, to)) return
  const existing = nodeAt(root, to)
  lifting.note(match, { to })
  if (existing === undefined && isSibling(to, match.path)) {
    lifting.root = renamed(root, match.path, String(to.at(-1)))
    return
  }
  const { node, conflicts } =
    existing === undefined ? alone(match.node) : mergeNodes(existing, match.node)
  reportConflicts(conflicts, lifting)
  lifting.root = without(put(root, to, node, match.keyStart), match.path, { prune: true })
}

function alone(node: Node): Merged {
  return { node, conflicts: [] }
}

function isSibling(one: Path, other: Path): boolean {
  return formatPath(one.slice(0, -1)) === formatPath(other.slice(0, -1))
}

export function ignore({ why, when, warns }: Ignored, match: Match, lifting: Lifting): void {
  const { node, path, keyStart } = match
  if (when?.(node, nodeAt(lifting.root, path.slice(0, -1))) === false) return
  lifting.root = without(lifting.root, path, { prune: true })
  lifting.leftOut.push(match)
  if (warns === true) {
    const written = lifting.written.at(keyStart)?.path ?? path
    const key = quote(String(written.at(-1)))
    const message = `${key} is left out: ${why}`
    lifting.report.warning({ path: written, offset: keyStart }, 'NOT_AVAILABLE', message)
  }
  lifting.note(match, { why })
}
