import { checkDuplicateKeys } from './checks/duplicate-keys.ts'
import type { Member, Node, ObjectNode } from './json5/node.ts'
import { parseJson5 } from './json5/parse-json5.ts'
import { shift } from './json5/shift.ts'
import type { Path, Report } from './report.ts'
import { mustBe, quote, type Source } from './schema/reader.ts'
import type { Sources } from './sources.ts'

/** A file that another one includes. */
export interface IncludedFile {
  /** Names the file in problems; two spellings of one path give the same name. */
  readonly file: string
  readonly text: string
}

/** The file that `path` means in the file `from` (undefined: a config without a name). Throws when it may not be read. */
export type ReadInclude = (path: string, from: string | undefined) => IncludedFile

/** A text that was put in the place of an `$include`. */
export interface Inclusion {
  readonly file: string
  /** Of its text, see `Sources`. */
  readonly base: number
  /** Of the text that includes it. */
  readonly includer: number
  /** What stood there; undefined where other files or keys stand beside it. */
  readonly place: ObjectNode | undefined
  /** What it holds; undefined for a blank file. */
  readonly node: Node | undefined
}

export interface IncludeOptions {
  readonly sources: Sources
  readonly report: Report
  /** The file that the tree comes from. */
  readonly file: string | undefined
  /** Without it `$include` is an error. */
  readonly readInclude: ReadInclude | undefined
  /** Is told of every text that is taken. */
  readonly onInclude?: (inclusion: Inclusion) => void
}

const deepest = 10
const mostFiles = 200

/**
 * Puts the content of files in the place of `$include`. Several files merge in their order, and the keys that stand beside
 * `$include` win: objects merge, everything else is replaced. Undefined when a file could not be taken.
 */
export function expandIncludes(root: Node, options: IncludeOptions): Node | undefined {
  const { sources, report, readInclude } = options
  let files = 0
  let isWhole = true

  const expand = (source: Source, chain: readonly (string | undefined)[]): Node => {
    const { node, path } = source
    if (node.type === 'scalar') return node
    if (node.type === 'array') {
      const elements = node.elements.map((element, index) =>
        expand({ node: element, path: [...path, index] }, chain),
      )
      return { ...node, elements }
    }
    const own = node.members
      .filter(({ key }) => key !== '$include')
      .map((member) => ({
        ...member,
        value: expand({ node: member.value, path: [...path, member.key] }, chain),
      }))
    const include = node.members.findLast(({ key }) => key === '$include')
    if (include === undefined) return { ...node, members: own }
    const named = pathsOf({ node: include.value, path: [...path, '$include'] })
    const isAlone = named.length === 1 && own.length === 0
    const contents = named.flatMap(
      (each) => read(each, path, chain, isAlone ? node : undefined) ?? [],
    )
    const [only] = contents
    if (only !== undefined && isAlone) return only.node
    return merge(contents, { ...node, members: own }, path)
  }

  const pathsOf = (source: Source): readonly Named[] => {
    const { node } = source
    const names = (node.type === 'array' ? node.elements : [node]).flatMap((element) =>
      element.type === 'scalar' && typeof element.value === 'string' && element.value.trim() !== ''
        ? [{ name: element.value, offset: element.start }]
        : [],
    )
    const isRight = names.length === (node.type === 'array' ? node.elements.length : 1)
    if (isRight && names.length > 0) return names
    isWhole = false
    mustBe(source, report, 'the path of a file, or a list of paths')
    return []
  }

  const read = (
    named: Named,
    path: Path,
    chain: readonly (string | undefined)[],
    place: ObjectNode | undefined,
  ): Content | undefined => {
    const { name, offset } = named
    const includer = sources.textAt(offset).base
    const refuse = (message: string, hint?: string): undefined => {
      isWhole = false
      report.error({ path: [...path, '$include'], offset }, 'INCLUDE_FAILED', message, hint)
    }
    if (readInclude === undefined) return refuse(`the file ${quote(name)} cannot be read here`)
    if (chain.length > deepest)
      return refuse(`files include each other more than ${deepest} deep`, 'include fewer')
    files += 1
    if (files > mostFiles)
      return refuse(`more than ${mostFiles} files are included`, 'include fewer')
    let found: IncludedFile
    try {
      found = readInclude(name, chain.at(-1))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return refuse(`the file ${quote(name)} cannot be included: ${reason}`)
    }
    if (chain.includes(found.file))
      return refuse(`the file ${quote(name)} includes itself`, 'remove one of the $include')
    const base = sources.add(found.text, found.file)
    const parsed = parseJson5(found.text)
    if (!parsed.ok) {
      isWhole = false
      report.error({ path, offset: base + parsed.fault.offset }, 'SYNTAX', parsed.fault.message)
      return undefined
    }
    const inclusion = { file: found.file, base, includer, place }
    if (parsed.node === undefined) {
      options.onInclude?.({ ...inclusion, node: undefined })
      return { ...named, node: { type: 'object', members: [], start: base, end: base } }
    }
    const node = shift(parsed.node, base)
    checkDuplicateKeys(sources, node, report, path)
    options.onInclude?.({ ...inclusion, node })
    return { ...named, node: expand({ node, path }, [...chain, found.file]) }
  }

  const merge = (contents: readonly Content[], own: ObjectNode, path: Path): Node => {
    let merged: ObjectNode = { ...own, members: [] }
    for (const { name, offset, node } of contents)
      if (node.type === 'object') merged = mergeObjects(merged, node)
      else {
        isWhole = false
        report.error(
          { path: [...path, '$include'], offset },
          'INCLUDE_FAILED',
          `the file ${quote(name)} holds no object, and only objects merge`,
          'include it alone, without other files and keys beside it',
        )
      }
    return mergeObjects(merged, own)
  }

  checkDuplicateKeys(sources, root, report)
  const expanded = expand({ node: root, path: [] }, [options.file])
  return isWhole ? expanded : undefined
}

interface Named {
  readonly name: string
  readonly offset: number
}

interface Content extends Named {
  readonly node: Node
}

/** `over` wins, and says where the object stands. */
function mergeObjects(under: ObjectNode, over: ObjectNode): ObjectNode {
  const members = new Map<string, Member>(under.members.map((member) => [member.key, member]))
  for (const member of over.members) {
    const before = members.get(member.key)?.value
    const isBoth = before?.type === 'object' && member.value.type === 'object'
    const value = isBoth ? mergeObjects(before, member.value) : member.value
    members.set(member.key, { ...member, value })
  }
  return { ...over, members: [...members.values()] }
}
