import type { Member, Node } from '../json5/node.ts'
import type { Sources } from '../sources.ts'
import type { Comments, Notes } from './comments.ts'
import { createWriter } from './writer.ts'

export interface PrintOptions {
  readonly sources: Sources
  readonly comments: Comments
  /** Values of members that are printed as comments. */
  readonly commentedOut: ReadonlySet<Node>
}

/** A member or an element. */
interface Item {
  readonly prefix: string
  readonly value: Node
  /** Where its notes may be. */
  readonly offsets: readonly number[]
  readonly isOut: boolean
}

const widest = 100
const step = '  '

/**
 * Writes a tree as JSON5. Values and keys that come from the text stay as they are written, and comments stay with what they
 * stand at. What the text has in one line stays in one line while there is room.
 */
export function printJson5(root: Node, { sources, comments, commentedOut }: PrintOptions): string {
  const writer = createWriter(root, sources)
  const printed = new Set<Notes | readonly string[]>()

  const itemsOf = (node: Node, depth: number): readonly Item[] => {
    if (node.type === 'scalar') return []
    if (node.type === 'array')
      return node.elements.map((value) => ({
        prefix: '',
        value,
        offsets: value.made === true ? [] : [value.start],
        isOut: false,
      }))
    // Sections stand where their first part stood; inside an agent the order of the canonical shape is the better one.
    const members = depth < 2 ? inOrder(node.members) : node.members
    return members.map((member) => ({
      prefix: `${writer.key(member)}: `,
      value: member.value,
      offsets: member.value.made === true ? [] : [member.keyStart, member.value.start],
      isOut: commentedOut.has(member.value),
    }))
  }

  /** Where several values stand at one place, the notes belong to the first that asks: the outermost. */
  const notesOf = ({ offsets }: Pick<Item, 'offsets'>): readonly Notes[] => {
    const found = offsets.flatMap((offset) => comments.around(offset) ?? [])
    return [...new Set(found)].filter((notes) => !printed.has(notes))
  }
  const insideOf = (node: Node): readonly string[] => {
    const found = comments.inside(node.start)
    return node.made === true || printed.has(found) ? [] : found
  }
  const isCommented = (item: Item): boolean =>
    notesOf(item).some(({ above, behind }) => above.length + behind.length > 0)

  const inOneLine = (node: Node, depth: number): string | undefined => {
    if (node.type === 'scalar') return writer.scalar(node)
    if (writer.isSeveralLines(node) || insideOf(node).length > 0) return undefined
    const parts: string[] = []
    for (const item of itemsOf(node, depth)) {
      const value = item.isOut || isCommented(item) ? undefined : inOneLine(item.value, depth + 1)
      if (value === undefined) return undefined
      parts.push(item.prefix + value)
    }
    if (node.type === 'array') return `[${parts.join(', ')}]`
    return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
  }

  const print = (node: Node, indent: string, before: string): string => {
    const depth = indent.length / step.length
    const line = inOneLine(node, depth)
    const width = indent.length + before.length + (line?.length ?? 0) + 1
    if (line !== undefined && (node.type === 'scalar' || width <= widest)) return line
    const items = itemsOf(node, depth)
    const last = items.findLast(({ isOut }) => !isOut)
    const lines = items.flatMap((item) => printItem(item, indent + step, item === last))
    if (lines[0] === '') lines.shift()
    const inside = insideOf(node)
    printed.add(inside)
    const [open = '', close = ''] = node.type === 'array' ? '[]' : '{}'
    return [open, ...lines, ...inside.map((each) => indent + step + each), indent + close].join(
      '\n',
    )
  }

  const printItem = (item: Item, indent: string, isLast: boolean): readonly string[] => {
    const notes = notesOf(item)
    for (const each of notes) printed.add(each)
    const comma = isLast && writer.isStrict ? '' : ','
    const text = indent + item.prefix + print(item.value, indent, item.prefix) + comma
    const body = item.isOut ? commentOut(text, indent) : text
    const behind = notes.flatMap((each) => each.behind)
    return [
      ...(notes.some(({ isParted }) => isParted) ? [''] : []),
      ...notes.flatMap(({ above }) => above.map((comment) => indent + comment)),
      [body, ...behind].join(' '),
    ]
  }

  const own = comments.around(root.start)
  // What is only implied stands where the root does, and has no comments of its own.
  if (own !== undefined) printed.add(own)
  const { above = [], behind = [] } = own ?? {}
  return [...above, print(root, '', ''), ...behind, ''].join('\n')
}

/** In the order of the text; what is only implied comes last. */
function inOrder(members: readonly Member[]): readonly Member[] {
  const rank = ({ keyStart, value }: Member): number =>
    value.implied === true ? Number.POSITIVE_INFINITY : keyStart
  // Infinity minus itself is no number: two implied members keep their order.
  return members.toSorted((a, b) => rank(a) - rank(b) || 0)
}

function commentOut(text: string, indent: string): string {
  return text
    .split('\n')
    .map((line) => `${indent}// ${line.startsWith(indent) ? line.slice(indent.length) : line}`)
    .join('\n')
}
