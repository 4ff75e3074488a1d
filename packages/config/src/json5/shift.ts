import type { Node } from './node.ts'

/** The same tree for a text that begins at `base` instead of 0. */
export function shift(node: Node, base: number): Node {
  const start = node.start + base
  const end = node.end + base
  switch (node.type) {
    case 'scalar':
      return { ...node, start, end }
    case 'array':
      return { ...node, start, end, elements: node.elements.map((each) => shift(each, base)) }
    case 'object':
      return {
        ...node,
        start,
        end,
        members: node.members.map(({ key, keyStart, value }) => ({
          key,
          keyStart: keyStart + base,
          value: shift(value, base),
        })),
      }
  }
}
