export interface Position {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
}

const lineEnd = /\r\n|[\n\r\u2028\u2029]/g

/** Line and column of an offset, counting the line ends that JSON5 knows. */
export function positionOf(text: string, offset: number): Position {
  let line = 1
  let lineStart = 0
  for (const match of text.matchAll(lineEnd)) {
    const next = match.index + match[0].length
    if (next > offset) break
    line += 1
    lineStart = next
  }
  return { line, column: Math.min(offset, text.length) - lineStart + 1 }
}
