export interface Position {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
}

/** Finds lines and columns in one text, counting the line ends that JSON5 knows. Reads the text once, when first asked. */
export function createPositions(text: string): (offset: number) => Position {
  let lineStarts: readonly number[] | undefined
  return (offset) => {
    lineStarts ??= lineStartsOf(text)
    let low = 0
    let high = lineStarts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 }
  }
}

export function positionOf(text: string, offset: number): Position {
  return createPositions(text)(offset)
}

function lineStartsOf(text: string): readonly number[] {
  const ends = text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)
  return [0, ...Array.from(ends, ({ 0: end, index }) => index + end.length)]
}
