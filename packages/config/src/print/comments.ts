import type { Node } from '../json5/node.ts'

/** What stands around one value of the text without being part of it. */
export interface Notes {
  /** Comments before it, each as it is written. */
  readonly above: string[]
  /** Comments behind it in its line. */
  readonly behind: string[]
  /** Whether an empty line parts it from what comes before. */
  isParted: boolean
}

export interface Comments {
  /** The notes of a value, by where it or its key begins. */
  around(offset: number): Notes | undefined
  /** Comments below the last item of a list or object, by where that begins. */
  inside(offset: number): readonly string[]
}

interface Comment {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** A member, which begins with its key, or an element. */
interface Item {
  readonly start: number
  readonly value: Node
}

const none: readonly string[] = []
const stringOrComment =
  /"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|(\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)/g

/**
 * Attaches every comment of a text to the value that it stands at: the one behind which it stands in a line, else the next
 * one, else the list or object that it ends. What an include put into the tree is passed over. Comments at something that
 * `printed` does not have any more go to the next thing that it has.
 */
export function readComments(text: string, root: Node, printed: Node): Comments {
  const notes = new Map<number, Notes>()
  const insides = new Map<number, { readonly texts: readonly string[]; readonly end: number }>()
  const queue = [...commentsOf(text)]

  const noteAt = (start: number, valueStart = start): Notes => {
    const note = notes.get(start) ?? { above: [], behind: [], isParted: false }
    notes.set(start, note)
    notes.set(valueStart, note)
    return note
  }
  const takeUntil = (offset: number): readonly Comment[] => {
    const count = queue.findIndex(({ start }) => start >= offset)
    return queue.splice(0, count === -1 ? queue.length : count)
  }
  const isBehind = ({ start, end, text: comment }: Comment, from: number, next?: Item): boolean =>
    /^[^\S\n\r]*,?[^\S\n\r]*$/.test(text.slice(from, start)) &&
    (comment.startsWith('//') || next === undefined || /[\n\r]/.test(text.slice(end, next.start)))

  const read = (container: Node): void => {
    const items = itemsOf(container).filter(({ start }) => start < text.length)
    let position = container.start + 1
    for (const [index, { start, value }] of items.entries()) {
      const note = noteAt(start, value.start)
      const above = takeUntil(start)
      note.isParted = /\n[^\S\n]*\n/.test(text.slice(position, above[0]?.start ?? start))
      note.above.push(...textsOf(above), ...textsOf(takeUntil(value.start)))
      if (value.type !== 'scalar' && value.end <= text.length) read(value)
      position = value.end
      for (let comment = queue[0]; comment !== undefined; comment = queue[0]) {
        if (!isBehind(comment, position, items[index + 1])) break
        queue.shift()
        note.behind.push(comment.text)
        position = comment.end
      }
    }
    insides.set(container.start, {
      texts: textsOf(takeUntil(container.end)),
      end: container.end,
    })
  }

  const { above, behind } = noteAt(root.start)
  above.push(...textsOf(takeUntil(root.start)))
  read(root)
  behind.push(...textsOf(queue))

  const kept = placesIn(printed)
  const keptNotes = new Set([...kept.items].map((offset) => notes.get(offset)))
  const homeless: string[] = []
  const endings = [...insides].map(([start, { end }]) => ({ start, at: end }))
  const beginnings = [...notes.keys()].map((at) => ({ at, start: undefined }))
  for (const { at, start } of [...beginnings, ...endings].toSorted((a, b) => a.at - b.at)) {
    const note = start === undefined ? notes.get(at) : undefined
    if (note !== undefined && kept.items.has(at)) note.above.unshift(...homeless.splice(0))
    else if (note !== undefined && !keptNotes.has(note)) homeless.push(...takeAll(note))
    if (start === undefined || kept.containers.has(start)) continue
    homeless.push(...(insides.get(start)?.texts ?? []))
    insides.delete(start)
  }
  const ending = insides.get(printed.start)?.texts ?? []
  insides.set(printed.start, { texts: [...homeless, ...ending], end: printed.end })
  return {
    around: (offset) => notes.get(offset),
    inside: (offset) => insides.get(offset)?.texts ?? none,
  }
}

function takeAll(note: Notes): readonly string[] {
  return [...note.above.splice(0), ...note.behind.splice(0)]
}

/** Where notes are looked for when a tree is printed: what the text does not have has none of its own. */
function placesIn(root: Node): {
  readonly items: ReadonlySet<number>
  readonly containers: ReadonlySet<number>
} {
  const items = new Set<number>([root.start])
  const containers = new Set<number>()
  const visit = (node: Node): void => {
    if (node.type !== 'scalar' && node.made !== true) containers.add(node.start)
    for (const { start, value } of itemsOf(node)) {
      if (value.made !== true) for (const offset of [start, value.start]) items.add(offset)
      visit(value)
    }
  }
  visit(root)
  return { items, containers }
}

function* commentsOf(text: string): Generator<Comment> {
  for (const { 0: found, 1: comment, index } of text.matchAll(stringOrComment))
    if (comment !== undefined) yield { text: comment, start: index, end: index + found.length }
}

function itemsOf(node: Node): readonly Item[] {
  if (node.type === 'array') return node.elements.map((value) => ({ start: value.start, value }))
  return node.type === 'object'
    ? node.members.map(({ keyStart, value }) => ({ start: keyStart, value }))
    : []
}

function textsOf(comments: readonly Comment[]): readonly string[] {
  return comments.map(({ text }) => text)
}
