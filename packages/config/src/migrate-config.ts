import type { Config } from './config.ts'
import type { Node } from './json5/node.ts'
import { nodeAt, put, without } from './json5/tree.ts'
import { matchesOf } from './lift/pattern.ts'
import { readingOf, type ParseOptions, type Reading } from './parse-config.ts'
import { folderOf } from './paths.ts'
import { readAllComments } from './print/all-comments.ts'
import { printJson5 } from './print/print-json5.ts'
import { rebasePaths } from './print/rebase.ts'
import type { Problem } from './problem.ts'
import { baseOf, readConfig } from './read-config.ts'

/** Secrets are never read: they stay as they are written. */
export interface MigrateOptions extends Omit<ParseOptions, 'readSecretFile' | 'check'> {
  /** The path that the new text is for. Relative paths in it go on leading to the same files. Default: `file`. */
  readonly target?: string
  /**
   * Leave out where agents keep their files: then they are where this system keeps them, below its `stateDir`.
   * Default: they stay where the file's system has them.
   */
  readonly ownPlaces?: boolean
}

export interface MigratedConfig {
  /**
   * The file in the canonical shape, with its comments and those of the files that it includes. Undefined for a text that is no
   * JSON5, or not whole.
   */
  readonly text: string | undefined
  /**
   * What the file means, for looking at what it has; its secrets are not the real ones. Undefined when there is none. With
   * errors among the problems it cannot be used.
   */
  readonly config: Config | undefined
  /** What was read, and how. */
  readonly reading: Reading
  /** The problems of the file as it was: those of the new text are the same, but for what was left out. */
  readonly problems: readonly Problem[]
}

/**
 * Writes a config of any system in the canonical shape. The new text means the same: what the old system took for granted is
 * written out, and what does nothing here is kept as a comment. What it includes goes into it.
 */
export function migrateConfig(text: string, options: MigrateOptions): MigratedConfig {
  const read = readConfig(text, { ...options, secretsAsWritten: true })
  const { normalised, sources, config, problems } = read
  const reading = readingOf(normalised, options)
  const outcome = { config, reading, problems }
  if (normalised === undefined) return { text: undefined, ...outcome }
  let tree = normalised.asDeclared()
  if (tree === undefined) return { text, ...outcome }
  if (options.ownPlaces === true) tree = withoutPlaces(tree)
  if (options.target !== undefined && folderOf(options.target) !== baseOf(options))
    tree = rebasePaths(tree, { baseDir: baseOf(options), home: options.home })
  const commentedOut = new Set<Node>()
  for (const { path, node, keyStart } of normalised.leftOut()) {
    // What an agent declares for itself is still in its place.
    if (nodeAt(normalised.node, path) !== node) tree = put(tree, path, node, keyStart)
    commentedOut.add(node)
  }
  const comments = readAllComments(sources, tree)
  return { text: printJson5(tree, { sources, comments, commentedOut }), ...outcome }
}

function withoutPlaces(root: Node): Node {
  const places = ['agents.defaults.workspace', 'agents.list.*.workspace|agentDir']
  return places
    .flatMap((place) => matchesOf(root, place))
    .reduce((tree, { path }) => without(tree, path), root)
}
