import type { ArrayNode, ObjectNode } from '../json5/node.ts'
import { gapEnd } from './gap.ts'

interface Item {
  readonly start: number
  readonly end: number
}

/**
 * Takes one item out of a list or object, with its comma and a comment behind it in its line. Everything else stays as it
 * is: comments above it, indentation, line ends, and whether the last item has a comma.
 */
export function removeItem(text: string, container: ArrayNode | ObjectNode, index: number): string {
  const items = itemsOf(container)
  const item = items[index]
  if (item === undefined) return text
  const afterGap = gapEnd(text, item.end)
  const hasComma = text.charAt(afterGap) === ','
  const end = hasComma ? afterGap + 1 : item.end
  const previous = items[index - 1]
  const line = lineAround(text, item.start, end)
  const cut =
    line === undefined ? inlineCut(text, item.start, end, hasComma ? undefined : previous) : line
  const without = text.slice(0, cut.start) + text.slice(cut.end)
  // The one before is the last now, and has the comma that stood between them.
  if (hasComma || previous === undefined || line === undefined) return without
  const comma = gapEnd(text, previous.end)
  return without.slice(0, comma) + without.slice(comma + 1)
}

function itemsOf(container: ArrayNode | ObjectNode): readonly Item[] {
  return container.type === 'array'
    ? container.elements
    : container.members.map(({ keyStart, value }) => ({ start: keyStart, end: value.end }))
}

/** The whole lines that the item has for itself, but for a comment behind it. */
function lineAround(text: string, start: number, end: number): Item | undefined {
  const before = /(?:^|[\n\r])[ \t]*$/.exec(text.slice(0, start))?.[0]
  const after = /^[ \t]*(?:\/\/[^\n\r]*|\/\*[^\n\r]*?\*\/[ \t]*)?(?:\r\n|\n|\r)/.exec(
    text.slice(end),
  )?.[0]
  if (before === undefined || after === undefined) return undefined
  return { start: start - before.replace(/^[\n\r]/, '').length, end: end + after.length }
}

function inlineCut(text: string, start: number, end: number, previous: Item | undefined): Item {
  // The last one goes with the comma before it, any other with the blanks behind its own.
  if (previous !== undefined) return { start: gapEnd(text, previous.end), end }
  const blanks = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0
  return { start, end: end + blanks }
}
