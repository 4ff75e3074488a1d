import { detectFlavour } from './flavour/detect.ts'
import { flavours, type FlavourName } from './flavour/flavours.ts'
import { implyWorkspaces } from './flavour/imply.ts'
import type { Node } from './json5/node.ts'
import { lift } from './lift/lift.ts'
import type { LiftOptions } from './lift/lifting.ts'
import { positionIn, type Change } from './lift/change.ts'
import { createWrittenTree, reach, spell } from './lift/spelling.ts'
import { formatPath, locate, type Path, type Report } from './report.ts'
import { profileOf } from './profile.ts'

export interface NormaliseOptions extends Pick<LiftOptions, 'sources' | 'report'> {
  /** Names the file; a well-known name says whose it is. */
  readonly file: string | undefined
  /** Whose file it is, whatever its name and content say. */
  readonly flavour: FlavourName | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/** A file in the canonical shape. */
export interface Normalised {
  readonly flavour: FlavourName
  /** Nodes stand where the text has them; what only the file's system takes for granted is `implied`. */
  readonly node: Node | undefined
  readonly changes: readonly Change[]
  /** Takes canonical paths, and speaks of them as the file spells them. */
  readonly report: Report
  /** Canonical paths of what another system's file has and nothing here acts on. Grows while the tree is read. */
  readonly leftOut: readonly Path[]
  readonly profile: string | undefined
  readonly originOf: (path: Path) => Origin | undefined
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
  root: Node | undefined,
  options: NormaliseOptions,
): Normalised | undefined {
  const { file, env, report } = options
  const flavour = options.flavour ?? detectFlavour(root, file)
  const isForeign = flavour !== 'junctor'
  const profile = profileOf(env, flavours[flavour].envPrefix)
  if (!profile.ok) {
    report.error(locate(root, []), 'INVALID_ID', profile.message, profile.hint)
    return undefined
  }
  const written = createWrittenTree(root)
  const lifted = root && lift(root, { ...options, isForeign, written })
  const node = lifted && implyWorkspaces(lifted.node, flavours[flavour], profile.name)
  const speltOf = (path: Path): Path => (node === undefined ? path : spell(path, node, written))
  const leftOut: Path[] = []
  return {
    flavour,
    node,
    changes: lifted?.changes ?? [],
    report: {
      ...speaking(report, speltOf),
      unavailable(place, message, hint) {
        const spelt = { ...place, path: speltOf(place.path) }
        if (!isForeign) return report.unavailable(spelt, message, hint)
        leftOut.push(place.path)
        report.warning(spelt, 'NOT_AVAILABLE', message)
      },
    },
    leftOut,
    profile: profile.name,
    originOf(path) {
      if (node === undefined) return undefined
      const { depth, offset } = reach(node, path)
      if (depth < path.length) return undefined
      return { spelling: formatPath(speltOf(path)), ...positionIn(options.sources, offset) }
    },
  }
}

function speaking(report: Report, speltOf: (path: Path) => Path): Report {
  return {
    ...report,
    error: (place, ...rest) => report.error({ ...place, path: speltOf(place.path) }, ...rest),
    warning: (place, ...rest) => report.warning({ ...place, path: speltOf(place.path) }, ...rest),
    nameOf: (path) => formatPath(speltOf(path)),
  }
}
