import type { PatternNode } from './pattern-syntax.ts'

/**
 * Pieces of lower-case text, one of which every text has that fits the pattern; undefined when nothing can be told. Looking
 * for them is much faster than matching, and most messages have none.
 */
export function requiredText(node: PatternNode): readonly string[] | undefined {
  switch (node.type) {
    case 'one':
      return node.literal === undefined ? undefined : [node.literal]
    case 'place':
      return undefined
    case 'repeat':
      return node.least > 0 ? requiredText(node.part) : undefined
    case 'choice':
      return ofEvery(node.options.map(requiredText))
    case 'sequence':
      return ofSequence(node.parts)
  }
}

function ofEvery(
  options: readonly (readonly string[] | undefined)[],
): readonly string[] | undefined {
  const pieces: string[] = []
  for (const option of options) {
    if (option === undefined) return undefined
    pieces.push(...option)
  }
  return pieces
}

/** The best of its parts, where letters that follow each other are one part. */
function ofSequence(parts: readonly PatternNode[]): readonly string[] | undefined {
  let best: readonly string[] | undefined
  let run = ''
  const offer = (pieces: readonly string[] | undefined): void => {
    if (pieces !== undefined && shortest(pieces) > shortest(best ?? [''])) best = pieces
  }
  for (const part of parts) {
    const letter = part.type === 'one' ? part.literal : undefined
    if (letter === undefined) offer(requiredText(part))
    run = letter === undefined ? '' : run + letter
    if (run !== '') offer([run])
  }
  return best
}

function shortest(pieces: readonly string[]): number {
  return Math.min(...pieces.map(({ length }) => length))
}
