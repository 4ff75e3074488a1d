import type { Inclusion } from '../include.ts'
import type { Node } from '../json5/node.ts'
import type { SourceText, Sources } from '../sources.ts'

/** One file of a config, and what belongs in it. */
export interface Part {
  /** Undefined for the config itself. */
  readonly file: string | undefined
  readonly tree: Node
  /** The texts whose values, and so whose comments, are in it: its own first. */
  readonly sources: readonly SourceText[]
}

export interface PartsOptions {
  readonly inclusions: readonly Inclusion[]
  readonly sources: Sources
  readonly mayStay: (inclusion: Inclusion) => boolean
}

/**
 * Takes a tree apart into the files that it came from. A file stays one when all that it held is still in one place, and
 * nothing of another file came into it; what is left goes into the file that includes it.
 */
export function partsOf(
  root: Node,
  { inclusions, sources, mayStay }: PartsOptions,
): readonly Part[] {
  const texts = sources.all()
  const kept = inclusions.filter(
    (inclusion) => mayStay(inclusion) && isKept(root, inclusion, inclusions, texts),
  )
  const homeOf = (base: number): number => {
    if (base === 0 || kept.some((each) => each.base === base)) return base
    return homeOf(inclusions.find((each) => each.base === base)?.includer ?? 0)
  }
  const sourcesOf = (base: number): readonly SourceText[] =>
    texts.filter((text) => homeOf(text.base) === base)
  return [
    { file: undefined, tree: cut(root, kept), sources: sourcesOf(0) },
    ...kept.map((inclusion) => ({
      file: inclusion.file,
      tree: cut(
        rootIn(root, inclusion) ?? root,
        kept.filter((each) => each !== inclusion),
      ),
      sources: sourcesOf(inclusion.base),
    })),
  ]
}

function isKept(
  root: Node,
  inclusion: Inclusion,
  inclusions: readonly Inclusion[],
  texts: readonly SourceText[],
): boolean {
  const { file, base, place } = inclusion
  if (place === undefined || inclusions.filter((each) => each.file === file).length > 1)
    return false
  const content = rootIn(root, inclusion)
  if (content === undefined) return false
  const within = new Set([base])
  for (const each of inclusions) if (within.has(each.includer)) within.add(each.base)
  const isOwn = (offset: number): boolean =>
    within.has(texts.findLast((text) => text.base <= offset)?.base ?? 0)
  const inside = [...offsetsIn(content)]
  const all = [...offsetsIn(root)].filter(isOwn)
  return inside.every(isOwn) && all.length === inside.length
}

/** The value that a file's own value is now. */
function rootIn(root: Node, { node }: Inclusion): Node | undefined {
  if (node === undefined) return undefined
  return find(root, (each) => each.start === node.start && each.end === node.end && isReal(each))
}

function isReal({ made, implied }: Node): boolean {
  return made !== true && implied !== true
}

function find(node: Node, fits: (node: Node) => boolean): Node | undefined {
  if (fits(node)) return node
  for (const child of childrenOf(node)) {
    const found = find(child, fits)
    if (found !== undefined) return found
  }
  return undefined
}

function* offsetsIn(node: Node): Generator<number> {
  yield node.start
  if (node.type === 'object') for (const { keyStart } of node.members) yield keyStart
  for (const child of childrenOf(node)) yield* offsetsIn(child)
}

function childrenOf(node: Node): readonly Node[] {
  if (node.type === 'array') return node.elements
  return node.type === 'object' ? node.members.map(({ value }) => value) : []
}

/** The tree with `$include` again where files stay. */
function cut(node: Node, kept: readonly Inclusion[]): Node {
  const here = kept.find(
    (each) => each.node?.start === node.start && each.node.end === node.end && isReal(node),
  )
  if (here?.place !== undefined) return here.place
  // Whatever has no file in it stays the very same: some nodes are known by what they are.
  if (node.type === 'array') {
    const elements = node.elements.map((each) => cut(each, kept))
    return elements.every((each, index) => each === node.elements[index])
      ? node
      : { ...node, elements }
  }
  if (node.type !== 'object') return node
  const members = node.members.map((each) => {
    const value = cut(each.value, kept)
    return value === each.value ? each : { ...each, value }
  })
  return members.every((each, index) => each === node.members[index]) ? node : { ...node, members }
}
