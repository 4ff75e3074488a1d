import type { Node } from './json5/node.ts'
import { put } from './json5/tree.ts'
import type { Problem } from './problem.ts'
import { readingOf, type ParseOptions, type Reading } from './parse-config.ts'
import { readComments } from './print/comments.ts'
import { printJson5 } from './print/print-json5.ts'
import { readConfig } from './read-config.ts'

export interface MigratedConfig {
  /** The file in the canonical shape, with its comments. Undefined for a text that is no JSON5, or not whole. */
  readonly text: string | undefined
  /** What was read, and how. */
  readonly reading: Reading
  /** The problems of the file as it was: those of the new text are the same, but for what was left out. */
  readonly problems: readonly Problem[]
}

/**
 * Writes a config of any system in the canonical shape. The new text means the same: what the old system took for granted is
 * written out, and what does nothing here is kept as a comment. Secrets stay as they are written.
 */
export function migrateConfig(text: string, options: ParseOptions): MigratedConfig {
  const { normalised, sources, root, problems } = readConfig(text, options)
  const reading = readingOf(normalised, options)
  if (normalised === undefined) return { text: undefined, reading, problems }
  if (normalised.node === undefined) return { text, reading, problems }
  let tree: Node = normalised.node
  const commentedOut = new Set<Node>()
  for (const { path, node, keyStart } of normalised.leftOut()) {
    tree = put(tree, path, node, keyStart)
    commentedOut.add(node)
  }
  const comments = readComments(text, root ?? normalised.node, tree)
  return { text: printJson5(tree, { sources, comments, commentedOut }), reading, problems }
}
