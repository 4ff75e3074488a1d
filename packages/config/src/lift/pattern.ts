import type { Node } from '../json5/node.ts'
import type { Path } from '../report.ts'

/**
 * Places in a config: keys with dots between them. `*` is any key or every element of a list, `a|b` one of these keys,
 * `!a|b` any key but these.
 */
export type Pattern = string

/** Something that a pattern fits. */
export interface Match {
  readonly path: Path
  readonly node: Node
  /** Where its key stands; for an element of a list, where it begins. */
  readonly keyStart: number
}

/** One part of a pattern, ready to be asked. */
type Test = (key: string) => boolean

/** Patterns stand in tables, and are few: each is taken apart once. */
const known = new Map<Pattern, readonly Test[]>()

/** What a pattern fits, in the order of the tree. */
export function matchesOf(root: Node, pattern: Pattern): readonly Match[] {
  const tests = known.get(pattern) ?? pattern.split('.').map(testOf)
  known.set(pattern, tests)
  let found: readonly Match[] = [{ path: [], node: root, keyStart: root.start }]
  for (const test of tests) {
    found = found.flatMap((match) => step(match, test))
    if (found.length === 0) break
  }
  return found
}

function step({ path, node }: Match, accepts: Test): readonly Match[] {
  if (node.type === 'array')
    return accepts === isAny
      ? node.elements.map((element, index) => ({
          path: [...path, index],
          node: element,
          keyStart: element.start,
        }))
      : []
  if (node.type !== 'object') return []
  const members = node.members.filter(({ key }) => accepts(key))
  // Of a key that is written twice the last one counts.
  const last = new Map(members.map((member) => [member.key, member]))
  return members
    .filter((member) => last.get(member.key) === member)
    .map(({ key, keyStart, value }) => ({ path: [...path, key], node: value, keyStart }))
}

function testOf(part: string): Test {
  if (part === '*') return isAny
  const isExcept = part.startsWith('!')
  const keys = new Set((isExcept ? part.slice(1) : part).split('|'))
  return (key) => keys.has(key) !== isExcept
}

function isAny(): boolean {
  return true
}

/** The path that a template means: `*` takes the next of the parts that the pattern left open. */
export function fill(template: Pattern, pattern: Pattern, { path }: Match): Path {
  const open = pattern.split('.').flatMap((part, index) => (isOpen(part) ? [path[index]] : []))
  let next = 0
  return template.split('.').map((part) => {
    if (part !== '*') return part
    const value = open[next]
    next += 1
    return value ?? part
  })
}

function isOpen(part: string): boolean {
  return part === '*' || part.startsWith('!') || part.includes('|')
}
