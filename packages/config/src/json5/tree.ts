import type { Path } from '../report.ts'
import type { ArrayNode, Member, Node, ObjectNode, ScalarNode } from './node.ts'

/** Trees are values: every function that changes one gives a new one, whose nodes keep the places that they came from. */

export function childOf(node: Node | undefined, part: string | number): Node | undefined {
  if (node?.type === 'array') return typeof part === 'number' ? node.elements[part] : undefined
  return node?.type === 'object' ? memberOf(node, String(part))?.value : undefined
}

/** Of a key that is written twice the last one counts. */
export function memberOf(node: Node | undefined, key: string): Member | undefined {
  return node?.type === 'object' ? node.members.findLast((each) => each.key === key) : undefined
}

export function nodeAt(root: Node | undefined, path: Path): Node | undefined {
  let node = root
  for (const part of path) node = childOf(node, part)
  return node
}

/** Whether a value can be put there: nothing on the way is a plain value or the wrong kind of container. */
export function hasRoomFor(root: Node, path: Path): boolean {
  let node: Node | undefined = root
  for (const part of path) {
    if (node === undefined) return true
    if (node.type !== (typeof part === 'number' ? 'array' : 'object')) return false
    node = childOf(node, part)
  }
  return true
}

/** Puts a value at a path, with the objects around it; they and the key get the value's place. See `hasRoomFor`. */
export function put(root: Node, path: Path, value: Node, keyStart = value.start): Node {
  const [part, ...rest] = path
  if (part === undefined) return value
  if (root.type === 'array' && typeof part === 'number') {
    const inner = root.elements[part] ?? emptyFor(rest, value)
    return { ...root, elements: replaced(root.elements, part, put(inner, rest, value, keyStart)) }
  }
  if (root.type !== 'object') return root
  const key = String(part)
  const index = root.members.findLastIndex((each) => each.key === key)
  const known = root.members[index] ?? { key, keyStart, value: emptyFor(rest, value) }
  const changed = { ...known, value: put(known.value, rest, value, keyStart) }
  return {
    ...root,
    members: replaced(root.members, index === -1 ? root.members.length : index, changed),
  }
}

/** Gives the member at a path another key, and leaves it where it stands. */
export function renamed(root: Node, path: Path, key: string): Node {
  const parentPath = path.slice(0, -1)
  const parent = nodeAt(root, parentPath)
  if (parent?.type !== 'object') return root
  const members = parent.members.map((each) => (each.key === path.at(-1) ? { ...each, key } : each))
  return put(root, parentPath, { ...parent, members })
}

/** Takes what is at a path away; with `prune` also the objects around it that are empty then, but for the root. */
export function without(root: Node, path: Path, options: { readonly prune?: boolean } = {}): Node {
  const [part, ...rest] = path
  if (part === undefined) return root
  if (root.type === 'array')
    return rest.length === 0
      ? { ...root, elements: root.elements.filter((_, index) => index !== part) }
      : mapChild(root, part, (child) => without(child, rest, options))
  if (root.type !== 'object') return root
  const kept = root.members.flatMap((each) => {
    if (each.key !== part) return [each]
    if (rest.length === 0) return []
    const value = without(each.value, rest, options)
    const isEmptied = isEmpty(value) && !isEmpty(each.value)
    return isEmptied && options.prune === true ? [] : [{ ...each, value }]
  })
  return { ...root, members: kept }
}

export function isEmpty(node: Node): boolean {
  return node.type === 'object' && node.members.length === 0
}

function mapChild(root: ArrayNode, part: string | number, change: (child: Node) => Node): Node {
  return {
    ...root,
    elements: root.elements.map((element, index) => (index === part ? change(element) : element)),
  }
}

export function textOf(node: Node | undefined): string | undefined {
  return node?.type === 'scalar' && typeof node.value === 'string' ? node.value : undefined
}

type Place = Pick<Node, 'start' | 'end' | 'implied'>

export function scalar(value: ScalarNode['value'], { start, end, implied }: Place): ScalarNode {
  return { type: 'scalar', value, start, end, ...(implied && { implied }) }
}

export function made<Container extends Node>(container: Container): Container {
  return { ...container, made: true }
}

/** A member that has no key of its own in the text. */
export function member(key: string, value: Node): Member {
  return { key, keyStart: value.start, value }
}

export function object(members: readonly Member[], { start, end, implied }: Place): ObjectNode {
  return { type: 'object', members, start, end, ...(implied && { implied }) }
}

export function array(elements: readonly Node[], { start, end, implied }: Place): ArrayNode {
  return { type: 'array', elements, start, end, ...(implied && { implied }) }
}

function emptyFor([next]: Path, value: Node): Node {
  return typeof next === 'number' ? made(array([], value)) : made(object([], value))
}

function replaced<Item>(items: readonly Item[], index: number, item: Item): readonly Item[] {
  return [...items.slice(0, index), item, ...items.slice(index + 1)]
}

/** Whether two trees hold the same values, wherever they stand. The order of keys does not count. */
export function isSame(one: Node, other: Node): boolean {
  if (one.type === 'scalar') return other.type === 'scalar' && Object.is(one.value, other.value)
  if (one.type === 'array')
    return (
      other.type === 'array' &&
      one.elements.length === other.elements.length &&
      one.elements.every((element, index) => {
        const twin = other.elements[index]
        return twin !== undefined && isSame(element, twin)
      })
    )
  return (
    other.type === 'object' &&
    one.members.length === other.members.length &&
    one.members.every(({ key, value }) => {
      const twin = memberOf(other, key)?.value
      return twin !== undefined && isSame(value, twin)
    })
  )
}
