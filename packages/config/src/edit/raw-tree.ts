import type { ArrayNode, Node, ObjectNode } from '../json5/node.ts'
import { formatPath, type Path } from '../report.ts'
import { describe } from '../schema/reader.ts'
import { refuse } from './refusal.ts'

/** The tree of one text, as it is written, and a place in it. */
export interface Raw {
  readonly root: Node | undefined
  readonly offset: number
}

/** The list or object of the text that a canonical one was read from. What comes from another spelling has none. */
export function containerAt<Type extends 'array' | 'object'>(
  { root, offset }: Raw,
  type: Type,
  path: Path,
  canonical: Node | undefined,
): Extract<Node, { readonly type: Type }> {
  const found = root && findAt(root, offset)
  if (found !== undefined && isOfType(found, type)) return found
  if (canonical === undefined || isOfType(canonical, type))
    return refuse(
      path,
      'CONFLICT',
      `${formatPath(path) || 'the file'} is written in another spelling, into which nothing can be added`,
      'run `junctor config migrate --write` first',
    )
  const what = type === 'array' ? 'a list' : 'an object'
  return refuse(path, 'INVALID_TYPE', `must be ${what}, not ${describe(canonical)}`)
}

function isOfType<Type extends Node['type']>(
  node: Node,
  type: Type,
): node is Extract<Node, { readonly type: Type }> {
  return node.type === type
}

function findAt(node: Node, start: number): Node | undefined {
  if (node.start === start) return node
  if (start < node.start || start >= node.end || node.type === 'scalar') return undefined
  for (const child of childrenOf(node)) {
    const found = findAt(child, start)
    if (found !== undefined) return found
  }
  return undefined
}

export interface ItemPlace {
  readonly container: ArrayNode | ObjectNode
  readonly index: number
}

/** Which item of what begins at an offset, or has its value there. */
export function placeOf(node: Node, start: number): ItemPlace | undefined {
  if (node.type === 'scalar') return undefined
  const children = childrenOf(node)
  const index = children.findIndex(
    (child, at) =>
      child.start === start || (node.type === 'object' && node.members[at]?.keyStart === start),
  )
  if (index !== -1) return { container: node, index }
  for (const child of children) {
    const found = placeOf(child, start)
    if (found !== undefined) return found
  }
  return undefined
}

function childrenOf(node: ArrayNode | ObjectNode): readonly Node[] {
  return node.type === 'array' ? node.elements : node.members.map(({ value }) => value)
}
