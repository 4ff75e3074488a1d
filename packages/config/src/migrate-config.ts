import type { Config } from './config.ts'
import type { Inclusion } from './include.ts'
import type { Node } from './json5/node.ts'
import { childOf, nodeAt, put, without, textOf } from './json5/tree.ts'
import { matchesOf } from './lift/pattern.ts'
import { readingOf, type ParseOptions, type Reading } from './parse-config.ts'
import { folderOf, isAbsolute } from './paths.ts'
import { readAllComments } from './print/all-comments.ts'
import { partsOf, type Part } from './print/included-parts.ts'
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
  /**
   * What becomes of files that it includes. `inline`: all of them go into the one text. `keep`: each stays a file, as far as
   * what it holds is still in one place. Default: `inline`.
   */
  readonly includes?: 'inline' | 'keep'
}

/** A file that a config includes. */
export interface MigratedInclude {
  readonly file: string
  /** Its new text; undefined when what it held went into the file that includes it. */
  readonly text: string | undefined
}

export interface MigratedConfig {
  /**
   * The file in the canonical shape, with its comments and those of the files that went into it. Undefined for a text that is no
   * JSON5, or not whole.
   */
  readonly text: string | undefined
  /** The files that it includes, in the order in which they are named. */
  readonly included: readonly MigratedInclude[]
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
 * written out, and what does nothing here is kept as a comment.
 */
export function migrateConfig(text: string, options: MigrateOptions): MigratedConfig {
  const inclusions: Inclusion[] = []
  const read = readConfig(text, {
    ...options,
    secretsAsWritten: true,
    onInclude: (inclusion) => inclusions.push(inclusion),
  })
  const { normalised, sources, config, problems } = read
  const reading = readingOf(normalised, options)
  const files = [...new Set(inclusions.map(({ file }) => file))]
  const included = files.map((file) => ({ file, text: undefined }))
  const outcome = { config, reading, problems, included }
  if (normalised === undefined) return { text: undefined, ...outcome }
  let tree = normalised.asDeclared()
  if (tree === undefined) return { text, ...outcome }
  if (options.ownPlaces === true) tree = withoutPlaces(tree)
  const moves = options.target !== undefined && folderOf(options.target) !== baseOf(options)
  if (moves) tree = rebasePaths(tree, { baseDir: baseOf(options), home: options.home })
  const commentedOut = new Set<Node>()
  for (const { path, node, keyStart } of normalised.leftOut()) {
    // What an agent declares for itself is still in its place.
    if (nodeAt(normalised.node, path) !== node) tree = put(tree, path, node, keyStart)
    commentedOut.add(node)
  }
  const mayStay = (inclusion: Inclusion): boolean =>
    options.includes === 'keep' && !(moves && isFixed(inclusion))
  const [main, ...parts] = partsOf(tree, { inclusions, sources, mayStay })
  const print = ({ tree: part, sources: texts }: Part): string =>
    printJson5(part, { sources, comments: readAllComments(texts, part), commentedOut })
  const texts = new Map(parts.map((part) => [part.file, print(part)]))
  return {
    text: main && print(main),
    ...outcome,
    included: files.map((file) => ({ file, text: texts.get(file) })),
  }
}

/** Whether its path leads to the same file from everywhere. */
function isFixed({ place }: Inclusion): boolean {
  const path = textOf(childOf(place, '$include')) ?? ''
  return isAbsolute(path) || /^~(?=[/\\]|$)/.test(path)
}

function withoutPlaces(root: Node): Node {
  const places = ['agents.defaults.workspace', 'agents.list.*.workspace|agentDir']
  return places
    .flatMap((place) => matchesOf(root, place))
    .reduce((tree, { path }) => without(tree, path), root)
}
