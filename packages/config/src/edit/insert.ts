import type { ArrayNode, ObjectNode } from '../json5/node.ts'
import { gapEnd } from './gap.ts'

/**
 * Writes one more item behind the last one of a list or object, and leaves everything else of the text as it is: comments,
 * indentation, line ends, and whether the last item has a comma.
 */
export function insertLast(text: string, container: ArrayNode | ObjectNode, item: string): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  const close = container.end - 1
  const last = endOfLast(container)
  const outerIndent = indentAt(text, container.start)
  const indentUnit = /^\t/m.test(text) ? '\t' : '  '
  if (last === undefined) {
    const inside = text.slice(container.start + 1, close).trimEnd()
    const line = `${lineEnd}${outerIndent}${indentUnit}${item}${lineEnd}${outerIndent}`
    return text.slice(0, container.start + 1) + inside + line + text.slice(close)
  }
  const comma = findComma(text, last)
  const head =
    comma === undefined ? `${text.slice(0, last)},${text.slice(last, close)}` : text.slice(0, close)
  const added = comma === undefined ? item : `${item},`
  if (!/[\n\r]/.test(text.slice(container.start, container.end)))
    return inline(text, container, item)
  const indent = indentAt(text, startOfFirst(container))
  return `${head.trimEnd()}${lineEnd}${indent}${added}${lineEnd}${outerIndent}${text.slice(close)}`
}

function inline(text: string, container: ArrayNode | ObjectNode, item: string): string {
  const last = endOfLast(container) ?? container.start + 1
  const comma = findComma(text, last)
  return comma === undefined
    ? `${text.slice(0, last)}, ${item}${text.slice(last)}`
    : `${text.slice(0, comma + 1)} ${item},${text.slice(comma + 1)}`
}

/** The offset of the comma behind a value, with comments between them passed over. */
function findComma(text: string, from: number): number | undefined {
  const end = gapEnd(text, from)
  return text.charAt(end) === ',' ? end : undefined
}

function endOfLast(container: ArrayNode | ObjectNode): number | undefined {
  return container.type === 'array'
    ? container.elements.at(-1)?.end
    : container.members.at(-1)?.value.end
}

function startOfFirst(container: ArrayNode | ObjectNode): number {
  const first =
    container.type === 'array' ? container.elements[0]?.start : container.members[0]?.keyStart
  return first ?? container.start
}

/** White space at the beginning of the line that this offset stands in. */
function indentAt(text: string, offset: number): string {
  const lineStart =
    Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1
  return /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? ''
}
