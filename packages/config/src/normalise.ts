import { withAdditions, type Addition } from './additions.ts'
import { detectFlavour } from './flavour/detect.ts'
import { differencesOf, type Difference } from './flavour/differences.ts'
import { flavours, type FlavourName } from './flavour/flavours.ts'
import { implyAuth, implyWorkspaces } from './flavour/imply.ts'
import type { Member, Node } from './json5/node.ts'
import { memberOf, nodeAt, object } from './json5/tree.ts'
import { lift } from './lift/lift.ts'
import type { LiftOptions } from './lift/lifting.ts'
import { positionIn, type Change } from './lift/change.ts'
import { createWrittenTree, reach, spell } from './lift/spelling.ts'
import { declareOwned, type OwnedBindings } from './owned/declare-owned.ts'
import { excerptOf } from './excerpt.ts'
import type { ProblemPlace } from './problem.ts'
import { formatPath, locate, type Path, type Report } from './report.ts'
import { profileOf } from './profile.ts'

export interface NormaliseOptions extends Pick<LiftOptions, 'sources' | 'report'> {
  /** Names the file; a well-known name says whose it is. */
  readonly file: string | undefined
  /** Whose file it is, whatever its name and content say. */
  readonly flavour: FlavourName | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** What stands behind the agents and bindings of the file. Default: nothing. */
  readonly additions?: readonly Addition[]
}

/** A file in the canonical shape. */
export interface Normalised {
  readonly flavour: FlavourName
  /** Nodes stand where the text has them; what only the file's system takes for granted is `implied`. */
  readonly node: Node | undefined
  /** The same with agents that hold what they declare for themselves: as the file is to be written. */
  readonly asDeclared: () => Node | undefined
  readonly owned: OwnedBindings
  readonly changes: readonly Change[]
  readonly differences: readonly Difference[]
  /** Takes canonical paths, and speaks of them as the file spells them. */
  readonly report: Report
  /** What another system's file has and nothing here acts on, at its canonical place. Grows while the tree is read. */
  readonly leftOut: () => readonly LeftOut[]
  readonly profile: string | undefined
  readonly originOf: (path: Path) => Origin | undefined
  readonly placeOf: (path: Path) => ProblemPlace | undefined
}

export interface LeftOut extends Pick<Member, 'keyStart'> {
  readonly path: Path
  readonly node: Node
}

/** Where a setting comes from. */
export interface Origin {
  /** As the file spells it. */
  readonly spelling: string
  readonly file?: string
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
}

/**
 * Reads any of the shapes as the canonical one: whose file it is, what its spellings mean, and what its system takes for
 * granted. Undefined when the environment's profile cannot be used.
 */
export function normalise(
  tree: Node | undefined,
  options: NormaliseOptions,
): Normalised | undefined {
  const { file, env, report, sources, additions = [] } = options
  const flavour = options.flavour ?? detectFlavour(tree, file)
  const isForeign = flavour !== 'junctor'
  // An empty file of another system takes that system's defaults for granted.
  const root = tree ?? (isForeign ? object([], { start: 0, end: 0 }) : undefined)
  const profile = profileOf(env, flavours[flavour].envPrefix)
  if (!profile.ok) {
    report.error(locate(root, []), 'INVALID_ID', profile.message, profile.hint)
    return undefined
  }
  const written = createWrittenTree(root)
  const lifted = root && lift(root, { ...options, isForeign, written })
  const declared = lifted && declareOwned(lifted.node, { ...options, written })
  const extended = withAdditions(declared?.node, additions, sources)
  // Once more for the agents that were added: what they declare stands behind everything else.
  const whole = extended && declareOwned(extended, { ...options, written })
  const withImplied = (read: Node): Node =>
    implyAuth(implyWorkspaces(read, flavours[flavour], profile.name), flavours[flavour])
  const node = whole && withImplied(whole.node)
  const speltOf = (path: Path): Path => (node === undefined ? path : spell(path, node, written))
  const leftOut: LeftOut[] = [...(lifted?.leftOut ?? [])]
  return {
    flavour,
    node,
    asDeclared: () => lifted && withImplied(lifted.node),
    owned: new Map([...(declared?.owned ?? []), ...(whole?.owned ?? [])]),
    changes: lifted?.changes ?? [],
    differences:
      node === undefined
        ? []
        : differencesOf(node, flavour, { sources: options.sources, spell: speltOf }),
    report: {
      ...speaking(report, speltOf),
      unavailable(place, message, hint) {
        const spelt = { ...place, path: speltOf(place.path) }
        if (!isForeign) return report.unavailable(spelt, message, hint)
        const member = node && memberAt(node, place.path)
        if (member !== undefined) leftOut.push({ path: place.path, ...member })
        report.warning(spelt, 'NOT_AVAILABLE', message)
      },
    },
    leftOut: () => leftOut,
    profile: profile.name,
    originOf(path) {
      if (node === undefined) return undefined
      const { depth, offset } = reach(node, path)
      if (depth < path.length) return undefined
      return { spelling: formatPath(speltOf(path)), ...positionIn(sources, offset) }
    },
    placeOf(path) {
      if (node === undefined) return undefined
      const { depth, offset } = reach(node, path)
      if (depth === 0) return undefined
      const excerpt = excerptOf(sources.locate(offset), false)
      const spelling = formatPath(speltOf(path.slice(0, depth)))
      return { path: spelling, ...positionIn(sources, offset), ...(excerpt && { excerpt }) }
    },
  }
}

function memberAt(root: Node, path: Path): Omit<LeftOut, 'path'> | undefined {
  const member = memberOf(nodeAt(root, path.slice(0, -1)), String(path.at(-1)))
  return member && { node: member.value, keyStart: member.keyStart }
}

function speaking(report: Report, speltOf: (path: Path) => Path): Report {
  return {
    ...report,
    error: (place, ...rest) => report.error({ ...place, path: speltOf(place.path) }, ...rest),
    warning: (place, ...rest) => report.warning({ ...place, path: speltOf(place.path) }, ...rest),
    nameOf: (path) => formatPath(speltOf(path)),
  }
}
