import type { Node } from '../json5/node.ts'
import { parseJson5 } from '../json5/parse-json5.ts'
import { shift } from '../json5/shift.ts'
import type { SourceText } from '../sources.ts'
import { readComments, type Comments } from './comments.ts'

/** The comments of several texts, for a tree that has their values in one place. */
export function readAllComments(sources: readonly SourceText[], printed: Node): Comments {
  const found = sources.flatMap((source) => commentsOf(source, printed) ?? [])
  return {
    around(offset) {
      for (const { base, comments } of found) {
        const notes = comments.around(offset - base)
        if (notes !== undefined) return notes
      }
      return undefined
    },
    inside(offset) {
      const texts = found.map(({ base, comments }) => comments.inside(offset - base))
      return texts.find((each) => each.length > 0) ?? texts[0] ?? []
    },
  }
}

function commentsOf(
  { base, text }: SourceText,
  printed: Node,
): { readonly base: number; readonly comments: Comments } | undefined {
  const parsed = parseJson5(text)
  if (!parsed.ok || parsed.node === undefined) return undefined
  return { base, comments: readComments(text, parsed.node, shift(printed, -base)) }
}
