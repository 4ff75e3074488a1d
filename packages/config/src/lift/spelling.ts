import type { Node } from '../json5/node.ts'
import { memberOf } from '../json5/tree.ts'
import type { Path } from '../report.ts'

interface Written {
  readonly path: Path
  readonly isContainer: boolean
}

/** What stands where in a tree as it was written. Offsets name nodes: no two begin at one place. */
export interface WrittenTree {
  at(offset: number): Written | undefined
}

export function createWrittenTree(root: Node | undefined): WrittenTree {
  const byOffset = new Map<number, Written>()
  const note = (node: Node, path: Path): void => {
    byOffset.set(node.start, { path, isContainer: node.type !== 'scalar' })
    if (node.type === 'array')
      for (const [index, element] of node.elements.entries()) note(element, [...path, index])
    if (node.type === 'object')
      for (const { key, keyStart, value } of node.members) {
        note(value, [...path, key])
        byOffset.set(keyStart, { path: [...path, key], isContainer: value.type !== 'scalar' })
      }
  }
  if (root !== undefined) note(root, [])
  return { at: (offset) => byOffset.get(offset) }
}

/** The part of a path that a tree has, leaving out what is only implied. */
export interface Reached {
  readonly depth: number
  /** Where it stands: the key, for a member. */
  readonly offset: number
  readonly node: Node
}

export function reach(root: Node, path: Path): Reached {
  let node = root
  let offset = root.start
  let depth = 0
  for (const part of path) {
    const member = memberOf(node, String(part))
    const element =
      node.type === 'array' && typeof part === 'number' ? node.elements[part] : undefined
    const next = member?.value ?? element
    if (next === undefined || next.implied === true) break
    offset = member?.keyStart ?? next.start
    node = next
    depth += 1
  }
  return { depth, offset, node }
}

/** How a person spelt what the canonical shape has at a path. What they did not write is named as the canonical shape does. */
export function spell(path: Path, canonical: Node, written: WrittenTree): Path {
  const { depth, offset, node } = reach(canonical, path)
  const found = written.at(offset)
  if (found === undefined) return path
  // A list that the text does not have holds what stands in one object of it.
  if (node.type === 'array' && node.made === true) return found.path.slice(0, -1)
  return found.isContainer || depth === path.length
    ? [...found.path, ...path.slice(depth)]
    : found.path
}
